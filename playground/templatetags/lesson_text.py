"""The markup of a lesson's texts as HTML: ``code`` in backticks, *emphasis*, nothing else."""

from __future__ import annotations

import re

from django import template
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

register = template.Library()

_MARKS = re.compile(r"`([^`\n]+)`|\*([^*\n]+)\*")


@register.filter
def marked(text: str) -> SafeString:
    """Everything is escaped but the two marks. Inside code a star is a star."""
    out, at = "", 0
    for found in _MARKS.finditer(text):
        out += escape(text[at : found.start()])
        out += f"<code>{escape(found[1])}</code>" if found[1] else f"<em>{escape(found[2])}</em>"
        at = found.end()
    return mark_safe(out + escape(text[at:]))
