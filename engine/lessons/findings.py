"""What is wrong with a document: where, a code, and the reason with the way out."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

FINDINGS_MAX = 50


@dataclass(slots=True)
class Finding:
    """path: as in ``goal.now[0].members``. code: for programs; reason: for people. params: what a sentence in another
    language names (static/i18n/author/)."""

    path: str
    code: str
    reason: str
    params: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Findings:
    """Those found so far; after FINDINGS_MAX it is enough to work on."""

    all: list[Finding] = field(default_factory=list)

    def add(self, path: str, code: str, reason: str) -> None:
        if len(self.all) < FINDINGS_MAX:
            self.all.append(Finding(path, code, reason))
