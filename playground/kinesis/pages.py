"""The console of Kinesis Data Streams.

    GET /s/<id>/kinesis/                         the list of streams
    GET /s/<id>/kinesis/create/                  the form that makes one
    GET /s/<id>/kinesis/<stream>/?tab=viewer     a stream

One page for all of them: static/js/kinesis/ reads the address, and draws what the sandbox's frames say. Whether there
is such a sandbox or stream the page finds out, and says.
"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from playground.shell.pages import relaxed


@relaxed  # the shell stands at the foot of the page
async def console(request: HttpRequest, sandbox: str, stream: str = "") -> HttpResponse:
    names = {"service": "Kinesis", "shell": "CloudShell"}  # the same in every language
    return render(request, "kinesis/console.html", {"sandbox": sandbox, "here": stream, **names})
