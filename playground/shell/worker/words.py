"""What the shell itself says, in the reader's language: static/i18n/shell.<language>.json, section "shell"."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

CATALOGUES = Path(__file__).resolve().parents[3] / "static" / "i18n"
LANGUAGES = ("pt-BR", "en")


class Words:
    """Read once, before the process gives up reading files."""

    def __init__(self) -> None:
        self.texts: dict[str, dict[str, str]] = {
            language: json.loads((CATALOGUES / f"shell.{language}.json").read_text(encoding="utf-8"))["shell"]
            for language in LANGUAGES
        }
        self.language = LANGUAGES[0]

    def speak(self, language: str) -> None:
        self.language = language if language in self.texts else LANGUAGES[0]

    def __call__(self, key: str, **values: Any) -> str:
        text = self.texts[self.language][key]
        for name, value in values.items():
            text = text.replace(f"{{{name}}}", str(value))
        return text
