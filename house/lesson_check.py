"""``python -m house.lesson_check FILE ...``: what is wrong with the shape of lessons, line by line.

Whether they work is proved elsewhere (``python manage.py levels``); this reads them as the author's page does.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import django


def main(files: list[str]) -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "playground.settings")
    django.setup()
    from django.utils.translation import override

    from playground.lessons.checking import check

    wrong = 0
    with override("en"):
        for file in files:
            for one in check(Path(file).read_bytes())[1]:
                wrong += 1
                print(f"{file}:{one.line}:{one.column}: {one.code}: {one.reason}")
    print(f"{len(files)} read, {wrong} to put right")
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
