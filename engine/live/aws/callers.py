"""What a client calls itself in User-Agent: which software, which version, and a name to tell it from others.

aws-cli/2.9.19 Python/3.11.2 Linux/6.1 ...             aws-cli  2.9.19  "aws-cli"
Boto3/1.44.5 md/Botocore#1.44.5 ... app/turma-a        Boto3    1.44.5  "turma-a"      (AWS_SDK_UA_APP_ID)
aws-cli/1.46.3 ... exec-env/RiachoShell app/shell-3f   shell    1.46.3  "shell-3f"
"""

from __future__ import annotations

import re
from functools import lru_cache

SHELL = "exec-env/RiachoShell"  # the shell in the page
NAME_MAX = 40
_NOT_PLAIN = re.compile(r"[^A-Za-z0-9._@:\[\]-]+")
_APP = re.compile(r"(?:^|\s)app/(\S+)")
_LOOPBACK = ("127.0.0.1", "::1", "localhost")


@lru_cache(maxsize=256)
def caller(agent: str, host: str) -> tuple[str, str, str]:
    """(software, version, label), each without spaces, "-" if unknown. host: where it comes from."""
    first, _, rest = agent.partition(" ")
    software, _, version = first.partition("/")
    if SHELL in rest:
        software = "shell"
    said = _APP.search(rest)
    software = plain(software)
    where = "" if host in _LOOPBACK else f"@{plain(host)}"
    return software, plain(version), plain(said[1]) if said else f"{software}{where}"


def plain(text: str) -> str:
    """A word of a frame: no spaces, not too long."""
    return _NOT_PLAIN.sub("-", text)[:NAME_MAX].strip("-") or "-"
