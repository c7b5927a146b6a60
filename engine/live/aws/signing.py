"""Signature Version 4: who sent a request, and that nobody has changed it on the way.

As in "Create a signed AWS API request" of AWS's documentation, in the header or presigned in the query. What does
not fit is refused with AWS's codes and texts, in the order in which AWS looks. A session token is taken as it is:
the Learner Lab hands them out, and here it opens no more than its key does.

A signing key (four HMACs) is kept for as long as its day lasts, so a request costs two hashes and an HMAC; and what
requests of one day, or of one second, have in common is taken apart once.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from calendar import timegm
from collections.abc import Callable
from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, quote

from engine.live.aws.errors import AwsError

if TYPE_CHECKING:
    from engine.live.aws.credentials import Key
    from engine.live.aws.http import Request

ALGORITHM = "AWS4-HMAC-SHA256"
SKEW_S = 300
EXPIRES_MAX_S = 604_800
KEYS_KEPT_MAX = 256  # of signing keys; then all are made again
EMPTY = hashlib.sha256(b"").hexdigest()
_DATE = re.compile(r"\d{8}T\d{6}Z")
_PARTS = re.compile(r"[,\s]+")
_SPACES = re.compile(r"  +")

Find = Callable[[str], "tuple[str, Key] | None"]  # an access key's sandbox and key

MISMATCH = (
    "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key "
    "and signing method. Consult the service documentation for details."
)


class Verifier:
    """find: who an access key belongs to. region: the only one there is."""

    def __init__(self, find: Find, region: str) -> None:
        self._find, self._region = find, region
        self._keys: dict[tuple[str, str, str], hmac.HMAC] = {}  # by (secret, date, service)

    def verify(self, request: Request, service: str, now: float) -> str:
        """The sandbox whose key signed ``request`` for ``service``; now: seconds since 1970. Raises AwsError."""
        header = request.headers.get("authorization", "")
        presigned = "X-Amz-Algorithm" in request.query
        if header and presigned:
            raise _wrong("Found both 'X-Amz-Algorithm' as a query-string param and 'Authorization' as HTTP header.")
        if not header and not presigned:
            raise AwsError("MissingAuthenticationTokenException", "Missing Authentication Token")
        given = _from_query(request) if presigned else _from_header(header, request)
        credential, signed, signature, stamp = given
        access, date, scope = _scope(credential, stamp, service, self._region)
        found = self._find(access)
        if found is None:
            raise AwsError("UnrecognizedClientException", "The security token included in the request is invalid.")
        _look_at_clock(stamp, now, request if presigned else None)
        names = signed.split(";")
        canonical = _canonical(request, names, signed, presigned)
        text = f"{ALGORITHM}\n{stamp}\n{scope}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
        sandbox, key = found
        signing = self._signing_key(key.secret_key, date, service).copy()
        signing.update(text.encode())
        ours = signing.hexdigest()
        if not hmac.compare_digest(ours.encode(), signature.encode()) or "host" not in names:
            raise _wrong(MISMATCH)
        return sandbox

    def _signing_key(self, secret: str, date: str, service: str) -> hmac.HMAC:
        """To be copied: its key is hashed already."""
        name = (secret, date, service)
        known = self._keys.get(name)
        if known is None:
            if len(self._keys) >= KEYS_KEPT_MAX:
                self._keys.clear()
            key = f"AWS4{secret}".encode()
            for part in (date, self._region, service, "aws4_request"):
                key = hmac.digest(key, part.encode(), "sha256")
            known = self._keys[name] = hmac.new(key, digestmod="sha256")
        return known


def _wrong(text: str) -> AwsError:
    return AwsError("InvalidSignatureException", text)


def scope_of(request: Request) -> str:
    """The service that whoever signed it had in mind, "" if nobody can tell. It is not verified."""
    credential = request.query.get("X-Amz-Credential") or request.headers.get("authorization", "").partition(",")[0]
    parts = credential.split("/")
    return parts[-2] if len(parts) >= 5 else ""


# --- what is given -----------------------------------------------------------------------------------

Given = tuple[str, str, str, str]  # credential, signed headers, signature, time stamp


def _from_header(header: str, request: Request) -> Given:
    """Of the Authorization header. Raises AwsError."""
    algorithm, _, rest = header.partition(" ")
    if algorithm != ALGORITHM:
        raise AwsError(
            "IncompleteSignatureException",
            f"Unsupported AWS 'algorithm': '{algorithm}' (only AWS4-HMAC-SHA256 for now). Authorization={header}",
        )
    pairs = _pairs(rest)
    credential, signed, signature = pairs.get("Credential"), pairs.get("SignedHeaders"), pairs.get("Signature")
    stamp = request.headers.get("x-amz-date") or request.headers.get("date")
    if credential and signed and signature and stamp:
        return credential, signed, signature, _stamp(stamp)
    missing = [
        f"Authorization header requires '{name}' parameter. "
        for name in ("Credential", "Signature", "SignedHeaders")
        if not pairs.get(name)
    ]
    if not stamp:
        missing.append("Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. ")
    raise AwsError("IncompleteSignatureException", f"{''.join(missing)}Authorization={header}")


def _pairs(text: str) -> dict[str, str]:
    """Credential=..., SignedHeaders=..., Signature=...; what comes before the signature is the same for a whole day."""
    first, found, signature = text.rpartition("Signature=")
    return {**_pairs_before(first), "Signature": signature} if found and signature.isalnum() else _pairs_before(text)


@lru_cache(maxsize=256)
def _pairs_before(text: str) -> dict[str, str]:
    return dict(part.partition("=")[::2] for part in _PARTS.split(text) if part)


def _from_query(request: Request) -> Given:
    """Of a presigned request's query. Raises AwsError."""
    query = request.query
    names = ("X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Signature", "X-Amz-SignedHeaders", "X-Amz-Date")
    missing = [f"AWS query-string parameters must include '{name}'. " for name in names if not query.get(name)]
    if missing:
        raise AwsError("IncompleteSignatureException", f"{''.join(missing)}Re-examine the query-string parameters.")
    if query["X-Amz-Algorithm"] != ALGORITHM:
        raise AwsError("IncompleteSignatureException", f"Unsupported AWS 'algorithm': '{query['X-Amz-Algorithm']}'.")
    _, credential, signature, signed, stamp = (query[name] for name in names)
    return credential, signed, signature, _stamp(stamp)


def _stamp(text: str) -> str:
    """A date as SigV4 writes it. Raises AwsError."""
    if _DATE.fullmatch(text):
        return text
    try:
        return datetime.strptime(text, "%a, %d %b %Y %H:%M:%S GMT").strftime("%Y%m%dT%H%M%SZ")
    except ValueError:
        raise AwsError(
            "IncompleteSignatureException", f"Date must be in ISO-8601 'basic format'. Got '{text}'."
        ) from None


@lru_cache(maxsize=64)
def _seconds(stamp: str) -> int:
    """Since 1970. Raises AwsError."""
    try:
        return timegm(datetime.strptime(stamp, "%Y%m%dT%H%M%SZ").timetuple())
    except ValueError:
        raise AwsError(
            "IncompleteSignatureException", f"Date must be in ISO-8601 'basic format'. Got '{stamp}'."
        ) from None


def _look_at_clock(stamp: str, now: float, presigned: Request | None) -> None:
    """Raises AwsError if it is too old, or from the future."""
    at = _seconds(stamp)
    if at > now + SKEW_S:
        late = _shown(now + SKEW_S)
        raise _wrong(f"Signature not yet current: {stamp} is still later than {late} ({_shown(now)} + 5 min.)")
    if presigned is None:
        if at < now - SKEW_S:
            early = _shown(now - SKEW_S)
            raise _wrong(f"Signature expired: {stamp} is now earlier than {early} ({_shown(now)} - 5 min.)")
        return
    text = presigned.query.get("X-Amz-Expires", "300")
    if not text.isascii() or not text.isdigit() or len(text) > 6 or int(text) > EXPIRES_MAX_S:
        raise AwsError("IncompleteSignatureException", f"X-Amz-Expires must be less than a week (in seconds): {text}")
    if at + int(text) < now:
        raise _wrong(f"Signature expired: {stamp} is now earlier than {_shown(now)} ({stamp} + {text} s)")


def _shown(seconds: float) -> str:
    return f"{datetime.fromtimestamp(seconds, UTC):%Y%m%dT%H%M%SZ}"


# --- the scope ---------------------------------------------------------------------------------------


@lru_cache(maxsize=256)
def _scope(credential: str, stamp: str, service: str, here: str) -> tuple[str, str, str]:
    """(access key, date, scope) of a credential that is for ``service`` in the region ``here``. Raises AwsError."""
    parts = credential.rsplit("/", 4)
    if len(parts) != 5:
        raise AwsError(
            "IncompleteSignatureException",
            f"Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, "
            f"got '{credential}'",
        )
    access, date, region, its, end = parts
    told = []
    if region != here:
        told.append(f"Credential should be scoped to a valid region, not '{region}'. ")
    if its != service:
        told.append(f"Credential should be scoped to correct service: '{service}'. ")
    if end != "aws4_request":
        told.append(f"Credential should be scoped with a valid terminator: 'aws4_request', not '{end}'. ")
    if date != stamp[:8]:
        told.append(
            "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: "
            f"'{date}' != '{stamp[:8]}', from '{stamp}'. "
        )
    if told:
        raise _wrong("".join(told))
    return access, date, f"{date}/{region}/{its}/{end}"


# --- the canonical request ---------------------------------------------------------------------------


def _canonical(request: Request, names: list[str], signed: str, presigned: bool) -> str:
    headers = request.headers
    lines = "".join([f"{name}:{headers.get(name, '')}\n" for name in names])
    if "  " in lines:
        lines = "".join([f"{name}:{_SPACES.sub(' ', headers.get(name, ''))}\n" for name in names])
    query = _query(request.raw_query, presigned) if request.raw_query else ""
    declared = headers.get("x-amz-content-sha256")
    payload = hashlib.sha256(request.body).hexdigest() if request.body else EMPTY
    if declared is not None and declared != payload:
        raise _wrong("The value of 'X-Amz-Content-SHA256' does not match the payload.")
    path = request.path if request.path == "/" else quote(request.path, safe="/-_.~%")
    return f"{request.method}\n{path}\n{query}\n{lines}\n{signed}\n{payload}"


def _query(raw: str, presigned: bool) -> str:
    pairs = [
        (quote(name, safe="-_.~"), quote(value, safe="-_.~"))
        for name, value in parse_qsl(raw, keep_blank_values=True)
        if not (presigned and name == "X-Amz-Signature")
    ]
    return "&".join(f"{name}={value}" for name, value in sorted(pairs))
