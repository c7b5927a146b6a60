"""Lessons over HTTP.

    GET  /api/levels                       [{"id", "chapter", "title", "text", "par"}] in the order of the course
    GET  /api/levels/<id>                  the document; with ?yaml the file as it was written
    GET  /api/sandboxes/<sandbox>/lesson   the document that is played there
    GET  /api/lessons/schema.json          what a document may hold, for editors
    POST /api/lessons/check                YAML -> what is wrong with it; ?prove runs the proof, too
    POST /api/lessons/try                  YAML -> a sandbox in which it is played: {"id"}

YAML comes as it is, with Content-Type: application/yaml:

    curl --data-binary @level.yaml -H 'Content-Type: application/yaml' '.../api/lessons/check?prove'
"""

from __future__ import annotations

import asyncio
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.request import RawPostDataException
from django.utils.translation import get_language, override

from playground.api import endpoint
from playground.engine_client import Refused
from playground.lessons import library
from playground.lessons.checking import Finding, check, schema, with_meaning
from playground.lessons.proving import Step, steps_told
from playground.lessons.reading import BYTES_MAX, Document
from playground.lessons.sentences import readers_language
from playground.lessons.taking import take
from playground.owners import asker
from playground.replies import json_reply
from playground.runtime import current

YAML_TYPES = ("application/yaml", "application/x-yaml", "text/yaml")
LOOK_SECONDS, PROVE_SECONDS = 10.0, 130.0  # engine/limits.py, PROOF_S_MAX
PIECE_BYTES = 64 << 10


@endpoint("GET")
async def levels(request: HttpRequest) -> HttpResponse:
    shown = ("id", "chapter", "title", "text", "par")
    return json_reply({"levels": [{key: one[key] for key in shown} for one in library.levels()]})


@endpoint("GET")
async def level(request: HttpRequest, name: str) -> HttpResponse:
    found = library.level(name) or library.scene(name)
    if found is None:
        raise Refused(404, "NOT_FOUND", f"There is no level {name!r}; GET /api/levels lists them.")
    if "yaml" in request.GET:
        reply = HttpResponse(library.text(name), content_type="application/yaml; charset=utf-8")
        reply["Content-Disposition"] = f'attachment; filename="{name}.yaml"'
        reply["X-Content-Type-Options"] = "nosniff"
        return reply
    return json_reply(found)


@endpoint("GET")
async def of_sandbox(request: HttpRequest, sandbox: str) -> HttpResponse:
    found = dict(await current().client.ask("lesson", sandbox=sandbox) or {})
    return json_reply({"lesson": found.get("lesson")})


@endpoint("GET")
async def schema_file(request: HttpRequest) -> HttpResponse:
    return json_reply(schema())


@endpoint("POST")
async def checked(request: HttpRequest) -> HttpResponse:
    prove = "prove" in request.GET
    document, findings, steps = await look_at(_yaml(request), prove=prove)
    answer: dict[str, Any] = {
        "ok": not findings and all(step.ok for step in steps),
        "findings": [one.to_json() for one in findings],
        "lesson": document,
    }
    return json_reply({**answer, "steps": [step.to_json() for step in steps]} if prove else answer)


@endpoint("POST")
async def tried(request: HttpRequest) -> HttpResponse:
    document, findings, _ = await look_at(_yaml(request), prove=False)
    if findings or document is None:
        first = findings[0]
        raise Refused(422, "LESSON_REFUSED", f"line {first.line}, column {first.column}: {first.reason}")
    sandbox = await take(document, language=readers_language(), who=asker(request))
    return json_reply({"ok": True, "id": sandbox}, status=201)


async def look_at(text: bytes, *, prove: bool) -> tuple[dict[str, Any] | None, list[Finding], list[Step]]:
    """The document (None: it cannot be read), what is wrong with it, and the proof's steps. Raises Refused."""
    document, findings = await asyncio.to_thread(_checked, text, get_language())
    if document is None:
        return None, findings, []
    asked = {"lesson": document.data, "prove": prove and not findings}
    patience = PROVE_SECONDS if asked["prove"] else LOOK_SECONDS
    heard = dict(await current().client.ask("check_lesson", timeout=patience, **asked))
    findings = with_meaning(document, findings, heard.get("findings", []))
    return document.data, findings, steps_told(heard.get("steps", [])) if asked["prove"] else []


def _checked(text: bytes, language: str | None) -> tuple[Document | None, list[Finding]]:
    """A thread speaks the language it is told to."""
    with override(language):
        return check(text)


def _yaml(request: HttpRequest) -> bytes:
    """What was sent; of more than a lesson may have, a little more than that: whoever reads it says where it ends.

    Only as YAML: a web form, which any site may send, cannot claim that."""
    if request.content_type not in YAML_TYPES:
        raise Refused(415, "UNSUPPORTED_MEDIA_TYPE", "Send YAML, with Content-Type: application/yaml.")
    parts: list[bytes] = []
    size = 0
    try:
        while size <= BYTES_MAX and (part := request.read(PIECE_BYTES)):
            parts.append(part)
            size += len(part)
    except (OSError, RawPostDataException):
        raise Refused(400, "BAD_REQUEST", "The text did not come whole: send it again.") from None
    return b"".join(parts)
