"""Django's settings. There is no database and no session: everything lasting is the engine's journal.

ALLOWED_HOSTS and JOIN_KEY are set by ``manage.py play`` from the address it binds to (network.py).
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from csp.constants import NONE, SELF

ROOT = Path(__file__).resolve().parent.parent

# For working on pages: templates and static files are read anew each time, errors are shown in full.
DEBUG = os.environ.get("RIACHO_DEBUG") == "1"
SECRET_KEY = secrets.token_urlsafe()  # ``play`` puts the one of its data folder here (owners.py)
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]"]
JOIN_KEY = ""  # "": none is asked for

INSTALLED_APPS = ["django.contrib.staticfiles", "django_htmx", "playground"]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "playground.middleware.Gate",
    "playground.owners.OwnerCookie",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]
ROOT_URLCONF = "playground.urls"
ASGI_APPLICATION = "playground.asgi.application"
DATABASES: dict[str, dict[str, str]] = {}
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {"context_processors": ["django.template.context_processors.i18n", "playground.views.page"]},
    }
]

# Brazilian Portuguese first; whoever's browser asks for English gets it, and the page has a switch.
LANGUAGE_CODE = "pt-br"
LANGUAGES = [("pt-br", "Português"), ("en", "English")]
LOCALE_PATHS = [ROOT / "locale"]
LANGUAGE_COOKIE_NAME = "riacho_language"
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600
LANGUAGE_COOKIE_SAMESITE = "Lax"
USE_TZ = True

# ES modules import each other by relative names, so file names carry no hashes: browsers keep the
# files and ask whether they are still current (a 304 from the same machine costs nothing).
STATIC_URL = "/static/"
STATICFILES_DIRS = [ROOT / "static"]
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG
WHITENOISE_MAX_AGE = 0
WHITENOISE_ALLOW_ALL_ORIGINS = False

# No inline script or style anywhere, so no nonce is needed; nothing is loaded from another address.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "connect-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [SELF],
    }
}
# Websites that may show ``?embed`` in a frame of theirs, besides our own pages: "https://moodle.example.edu, ...".
EMBED_FROM = [origin for origin in os.environ.get("RIACHO_EMBED_FROM", "").replace(",", " ").split() if origin]
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = None  # browsers ignore it, loudly, on http:// of a LAN address

# The largest request: a command with a record of 100,000 bytes, each escaped as \\uXXXX.
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
# An import, which is read as a stream: what the host takes at once (engine/limits.py, BINARY_BYTES_MAX).
IMPORT_BYTES_MAX = 32 * 1024 * 1024

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "{levelname} {name}: {message}", "style": "{"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    # Refusals are answers, not incidents.
    "loggers": {"django.request": {"level": "ERROR"}},
}
