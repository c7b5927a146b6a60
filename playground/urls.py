"""Addresses."""

from __future__ import annotations

from django.urls import path
from django.views.i18n import set_language

from playground import api, views

urlpatterns = [
    path("", views.stage, name="stage"),
    path("language/", set_language, name="set_language"),
    path("healthz", api.health),
    path("api/sandboxes", api.sandboxes),
    path("api/sandboxes/<slug:sandbox>/commands", api.commands),
    path("api/sandboxes/<slug:sandbox>/state", api.state),
    path("api/sandboxes/<slug:sandbox>/events", api.events),
    path("api/sandboxes/<slug:sandbox>/records/<str:topic>/<int:partition>/<int:offset>", api.record),
]

handler400 = "playground.errors.bad_request"
handler403 = "playground.errors.forbidden"
handler404 = "playground.errors.not_found"
handler500 = "playground.errors.server_error"
