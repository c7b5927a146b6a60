"""Output as it may be shown: terminal escapes become visible characters, ^[ and the like, as ``cat -v`` writes them.

Whatever a record holds ends up on somebody's screen: sequences that move the cursor, change the title or answer back
as if typed would let the sender of a record write into its reader's terminal. Line feeds and tabs stay; colours
are ours alone, added in the browser.
"""

from __future__ import annotations

_SHOWN = {code: f"^{chr(code ^ 0x40)}" for code in (*range(0x20), 0x7F) if code not in (0x09, 0x0A)}
_SHOWN |= {code: f"<{code:02X}>" for code in range(0x80, 0xA0)}
_TURNING = (0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A))
_SHOWN |= {code: f"<U+{code:04X}>" for code in _TURNING}
_SHOWN |= dict.fromkeys(range(55296, 57344), "�")  # half a character: no JSON for a browser


def shown(text: str) -> str:
    return text.replace("\r\n", "\n").translate(_SHOWN)
