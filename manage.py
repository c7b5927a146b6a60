#!/usr/bin/env python3
"""The way in: ``python manage.py play`` to play, ``python manage.py test`` to test. A bare Python 3.11 is enough.

Brings ``.venv`` up to date first (house/venv.py) and goes on inside it. Until then only the standard
library is used, and this very file is readable to older Pythons, so that they can say what is wrong.
"""

import os
import sys


def main():
    if sys.version_info < (3, 11):
        return "Riacho needs Python 3.11 or newer; this is %d.%d (%s)." % (sys.version_info[:2] + (sys.executable,))
    os.chdir(os.path.dirname(os.path.abspath(__file__)))
    from house.venv import NotPossible, go_inside

    arguments = sys.argv[1:]
    testing = arguments[:1] == ["test"]
    try:
        go_inside(sys.argv, dev=testing)
        if testing:
            from house.testing import run_tests

            return run_tests(arguments[1:])
    except NotPossible as problem:
        return str(problem)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "playground.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
