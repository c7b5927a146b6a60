"""What a new shell is given before its first line: functions where bashkit's own programs differ from a real system's.

``history``: bashkit's knows the lines of one interpreter, and here each line has one of its own. ``base64 -d``: GNU's
takes several encoded texts one after the other, each with its padding, which is what ``jq -r '.Records[].Data'`` gives
it; bashkit's refuses that. So they are joined to one first; the bytes themselves are written by bashkit's.
"""

from __future__ import annotations

import base64
import posixpath
import re

from bashkit import BuiltinContext, BuiltinResult

REMEMBERED, JOINED = "history-of-this-shell", "base64-joined"
FUNCTIONS = f"""
history() {{ {REMEMBERED} "$@"; }}
base64() {{
  case " $* " in
    *" -d "*|*" --decode "*|*" -D "*|*" -di "*|*" -id "*) ( set -o pipefail; {JOINED} "$@" | command base64 -d ) ;;
    *) command base64 "$@" ;;
  esac
}}
"""
WHOLE = re.compile(r"[A-Za-z0-9+/]{4}|[A-Za-z0-9+/]{3}=|[A-Za-z0-9+/]{2}==")
SPACE, NO_LETTER = re.compile(r"\s+"), re.compile(r"[^A-Za-z0-9+/=]+")


def joined(context: BuiltinContext) -> BuiltinResult:
    """``base64 -d [FILE]``, up to where the input makes sense: as one text in base64."""
    words = [word for word in context.argv if not word.startswith("-") or word == "-"]
    text = context.stdin or ""
    if words and words[0] != "-":
        path = posixpath.normpath(posixpath.join(context.cwd, words[0]))
        try:
            text = context.fs.read_file(path).decode("latin-1")
        except Exception:  # bashkit's, of several kinds
            return BuiltinResult("", f"base64: {words[0]}: No such file or directory\n", 1)
    ignores = any(word in ("-i", "-di", "-id", "--ignore-garbage") for word in context.argv)
    text = (NO_LETTER if ignores else SPACE).sub("", text)
    data, at = bytearray(), 0
    while group := WHOLE.match(text, at):
        data += base64.b64decode(group[0])
        at = group.end()
    rest = text[at:]
    if re.fullmatch(r"[A-Za-z0-9+/]{2,3}", rest):  # the padding is missing: GNU writes what there is, and complains
        data += base64.b64decode(rest + "=" * (4 - len(rest)))
    encoded = base64.b64encode(data).decode()
    return BuiltinResult(encoded, "base64: invalid input\n" if rest else "", 1 if rest else 0)
