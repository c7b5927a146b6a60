"""Why a lesson is refused: a sentence a code (static/i18n/author/), which names the thing, the reason and the way out.

A code is for programs and stays; its parameters are what the sentence names.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.utils.translation import get_language

from playground.narration import catalogue, fill


def told(code: str, params: Mapping[str, Any], otherwise: str = "", *, language: str | None = None) -> str:
    """The sentence of a code. otherwise: for a code that has none. language: else the reader's."""
    language = language or readers_language()
    pattern = catalogue(language)["refusals"].get(code)
    return otherwise or code if pattern is None else fill(pattern, dict(params), language)


def readers_language() -> str:
    """As the catalogues call it; English where nobody reads (a command line)."""
    return "pt-BR" if settings.configured and (get_language() or "").startswith("pt") else "en"


def step_told(step: Mapping[str, Any]) -> str:
    """A step of the proof. Its other fields are what the sentence names."""
    language = readers_language()
    pattern = catalogue(language)["proof"].get(str(step["what"]).partition("[")[0])
    return str(step["what"]) if pattern is None else fill(pattern, dict(step), language)
