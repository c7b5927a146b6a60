"""Addresses."""

from __future__ import annotations

from django.urls import path
from django.views.i18n import set_language

from playground import (
    api,
    comparing,
    files,
    inspector,
    lecture,
    recording,
    report,
    requests,
    sandbox_pages,
    sandboxes,
    views,
    worlds,
)
from playground.kinesis import api as aws
from playground.kinesis import pages as kinesis
from playground.lessons import api as lessons_api
from playground.lessons import pages as lessons
from playground.shell import pages as shell

urlpatterns = [
    path("", views.stage, name="stage"),
    path("s/<slug:sandbox>/", views.stage, name="sandbox"),
    path("s/<slug:sandbox>/files/", views.files, name="files"),
    path("s/<slug:sandbox>/report/", report.report, name="report"),
    path("s/<slug:sandbox>/shell/", shell.shell, name="shell"),
    path("s/<slug:sandbox>/notes/", lecture.notes, name="notes"),
    path("s/<slug:sandbox>/kinesis/", kinesis.console, name="kinesis"),
    path("s/<slug:sandbox>/kinesis/<str:stream>/", kinesis.console, name="kinesis-stream"),
    path("lecture/", lecture.listing, name="lecture"),
    path("lecture/<slug:scene>/", lecture.enter, name="lecture-scene"),
    path("history/", views.history, name="history"),
    path("levels/", lessons.levels, name="levels"),
    path("levels/<slug:name>/", lessons.level, name="level"),
    path("author/", lessons.author, name="author"),
    path("sandboxes/", sandbox_pages.sandboxes, name="sandboxes"),
    path("sandboxes/<slug:sandbox>/row", sandbox_pages.row, name="sandbox-row"),
    path("sandboxes/<slug:sandbox>/<slug:do>", sandbox_pages.change, name="sandbox-change"),
    path("worlds/", worlds.save, name="world-save"),
    path("worlds/<slug:world>/<slug:do>", worlds.change, name="world-change"),
    path("open", views.open_moment, name="open"),
    path("compare/<slug:a>/<slug:b>/", comparing.page, name="compare"),
    path("language/", set_language, name="set_language"),
    path("healthz", api.health),
    path("api/levels", lessons_api.levels),
    path("api/levels/<slug:name>", lessons_api.level, name="level-document"),
    path("api/lessons/schema.json", lessons_api.schema_file, name="lesson-schema"),
    path("api/lessons/check", lessons_api.checked),
    path("api/lessons/try", lessons_api.tried),
    path("api/sandboxes/<slug:sandbox>/lesson", lessons_api.of_sandbox),
    path("api/scenarios", sandboxes.scenarios),
    path("api/sandboxes", sandboxes.every),
    path("api/sandboxes/import", sandboxes.import_),
    path("api/sandboxes/<slug:sandbox>", sandboxes.one),
    path("api/sandboxes/<slug:sandbox>/reset", sandboxes.reset),
    path("api/lecture", lecture.every),
    path("api/worlds", worlds.every),
    path("api/worlds/<slug:world>", worlds.one),
    path("api/worlds/<slug:world>/begin", worlds.begin),
    path("api/sandboxes/<slug:sandbox>/scene", lecture.change),
    path("api/sandboxes/<slug:sandbox>/retry", sandboxes.retry),
    path("api/sandboxes/<slug:sandbox>/branches", sandboxes.branches),
    path("api/sandboxes/<slug:sandbox>/moment", sandboxes.moment),
    path("api/sandboxes/<slug:sandbox>/link", sandboxes.link),
    path("api/sandboxes/<slug:sandbox>/timeline", comparing.timeline),
    path("api/sandboxes/<slug:sandbox>/lost", comparing.lost),
    path("api/sandboxes/<slug:sandbox>/comparisons", comparing.comparisons),
    path("api/compare/<slug:a>/<slug:b>", comparing.compared),
    path("api/compare/<slug:a>/<slug:b>/commands", comparing.commands),
    path("api/sandboxes/<slug:sandbox>/export", sandboxes.export),
    path("api/sandboxes/<slug:sandbox>/recording", recording.recording),
    path("api/sandboxes/<slug:sandbox>/folder.zip", sandboxes.folder),
    path("api/sandboxes/<slug:sandbox>/aws", aws.call),
    path("api/sandboxes/<slug:sandbox>/aws/access", aws.access),
    path("api/sandboxes/<slug:sandbox>/aws/model", aws.model),
    path("api/sandboxes/<slug:sandbox>/aws/counted", aws.counted),
    path("api/sandboxes/<slug:sandbox>/commands", api.commands),
    path("api/sandboxes/<slug:sandbox>/state", api.state),
    path("api/sandboxes/<slug:sandbox>/events", api.events),
    path("api/sandboxes/<slug:sandbox>/requests", requests.requests),
    path("api/sandboxes/<slug:sandbox>/requests/<int:number>", requests.one),
    path("api/sandboxes/<slug:sandbox>/folders", files.folders),
    path("api/sandboxes/<slug:sandbox>/files/<int:broker>", files.folder),
    path("api/sandboxes/<slug:sandbox>/files/<int:broker>.zip", files.archive),
    path("api/sandboxes/<slug:sandbox>/files/<int:broker>/<path:path>", files.page),
    path("api/sandboxes/<slug:sandbox>/records/<str:topic>/<int:partition>/<int:offset>", api.record),
    path("api/sandboxes/<slug:sandbox>/records/<str:topic>/<int:partition>/<int:offset>/path", inspector.journey),
    path("api/sandboxes/<slug:sandbox>/why/<slug:about>", inspector.why),
    path("api/sandboxes/<slug:sandbox>/whynot/<slug:about>", inspector.whynot),
    path("api/sandboxes/<slug:sandbox>/inspect/<slug:kind>", inspector.inspect),
    path("api/sandboxes/<slug:sandbox>/ghost/<str:topic>/<int:partition>", inspector.ghost),
]

handler400 = "playground.errors.bad_request"
handler403 = "playground.errors.forbidden"
handler404 = "playground.errors.not_found"
handler500 = "playground.errors.server_error"
