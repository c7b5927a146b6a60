"""What a topic id is when there is none."""

from __future__ import annotations

NO_ID = bytes(16)
