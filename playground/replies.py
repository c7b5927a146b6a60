"""JSON replies of the API."""

from __future__ import annotations

from typing import Any

import orjson
from django.http import HttpResponse


def json_reply(value: Any, *, status: int = 200) -> HttpResponse:
    """Never kept by browsers: everything here is a moment of something that moves."""
    return HttpResponse(
        orjson.dumps(value, option=orjson.OPT_NON_STR_KEYS),
        status=status,
        content_type="application/json",
        headers={"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"},
    )
