"""Worlds to start from, as the page of all sandboxes shows them: those that come with Riacho, and those saved."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.utils.translation import gettext as _


def ready(scenarios: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The worlds that come with Riacho, with a name and what there is to be seen in each."""
    by_id = {one["id"]: one for one in scenarios}
    return [
        {**by_id[name], "title": title, "about": about} for name, (title, about) in _told().items() if name in by_id
    ]


def saved(rows: list[dict[str, Any]], *, all: bool) -> list[dict[str, Any]]:
    """all: whoever looks may delete every one."""
    return [
        {
            **row,
            "created": datetime.fromtimestamp(row["created_ms"] / 1000, UTC),
            "clock": clock(row["at_ms"]),
            "changeable": all or row["owner"] == "you",
        }
        for row in rows
    ]


def _told() -> dict[str, tuple[str, str]]:
    return {
        "demo": (_("Two readers"), _("A shop writes; two groups read the same topic, each at its own pace.")),
        "one": (_("One broker"), _("Everything works, and nothing is copied: crash it and see.")),
        "three": (_("Three brokers"), _("Six partitions, three copies of each: one broker may crash.")),
        "hot-key": (_("A hot key"), _("One customer sends most orders: one partition falls behind, the others rest.")),
        "slow": (_("A slow consumer"), _("Two groups read the same; one works 0.4 s on each order and falls behind.")),
        "compaction": (_("Compaction"), _("Eight accounts, always rewritten: of each key the newest record stays.")),
        "retention": (_("Retention by segment"), _("20 s of retention: whole segments go, never single records.")),
        "readers": (_("Many readers"), _("Six groups, from four times a second to once in 20 s: one log.")),
        "sources": (_("Sensors, patients, prices"), _("Three generators that never stop, each with a topic.")),
        "kinesis": (
            _("A Kinesis stream"), _("Four shards, one hot key; a reader that asks and one that is pushed to."),
        ),
        "shop": (_("A whole shop"), _("Orders, payments and three groups.")),
        "racks": (_("Three racks"), _("Six brokers; each partition has its copies in different racks.")),
        "big": (_("A hundred partitions"), _("Twelve brokers: how it looks when it is no toy.")),
        "empty": (_("An empty cluster"), _("Three brokers and nothing else: build it yourself.")),
    }


def clock(ms: float) -> str:
    """As on the stage, without milliseconds."""
    seconds = int(ms // 1000)
    hours, minutes = seconds // 3600, seconds // 60 % 60
    return f"{hours}:{minutes:02}:{seconds % 60:02}" if hours else f"{minutes:02}:{seconds % 60:02}"
