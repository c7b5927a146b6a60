"""What simulated producers tell of, besides purchases: sensors, patients, prices, visitors, or somebody's own data.

A *source* makes events, one at a time, that look like the real thing: each has a key, a value (JSON) and
a moment. Numbers walk instead of jumping, so that a curve drawn from them is one. A *feed* (feed.py) sends
them as the world outside does: some later than they happened, some twice.

All of it is integer arithmetic on the producer's own dice: the same dice tell the same story on any machine.
"""

from __future__ import annotations

from engine.clients.sources.base import Source
from engine.clients.sources.clicks import Clicks
from engine.clients.sources.feed import Feed
from engine.clients.sources.monitors import Monitors
from engine.clients.sources.rows import Rows, RowsRefused, Table, read_table
from engine.clients.sources.shopping import Purchases
from engine.clients.sources.temperatures import Temperatures
from engine.clients.sources.ticks import Ticks

SOURCES: dict[str, type[Source]] = {
    "purchases": Purchases, "temperatures": Temperatures, "monitors": Monitors, "ticks": Ticks, "clicks": Clicks,
    "rows": Rows,
}  # fmt: skip

__all__ = ["SOURCES", "Feed", "Rows", "RowsRefused", "Source", "Table", "read_table"]
