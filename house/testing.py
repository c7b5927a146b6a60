"""``python manage.py test``: the one test run. It needs what requirements-dev.txt installs.

Everything is pytest, the linter, the type checker and the import contracts included
(tests/test_house.py), so there is one verdict and one closing line. What is needed besides Python
(house/tools.py) is installed first; nothing is skipped for want of it.

    python manage.py test                     one path of each kind, in parallel
    python manage.py test --full              the long ones (marked ``full``) too, and whatever is done in a
                                              browser once more with reduced motion
    python manage.py test tests/unit -k isr   whatever pytest takes
"""

from __future__ import annotations

import os
import subprocess
import sys

from house.tools import ensure_all
from house.venv import VENV


def run_tests(arguments: list[str]) -> int:
    """Run pytest in a process of its own; returns its exit code."""
    if "--help" in arguments or "-h" in arguments:
        print(__doc__)
        return 0
    options = [a for a in arguments if a != "--full"]
    # Whoever names files means only those; if they need a tool, their fixtures see to it.
    if not any(os.path.exists(option.split("::")[0]) for option in options):
        ensure_all()
    command = [sys.executable, "-m", "pytest"]
    if not any(o.startswith(("-n", "--numprocesses", "-p no:xdist")) for o in options):
        # One more than cores: whoever tests in a browser or with a real client waits half of the time.
        command += ["-n", str(min(5, (os.cpu_count() or 1) + 1))]
    if "--full" in arguments:
        command += ["-m", ""]
    child = subprocess.Popen(command + options, env=_keeping_bytecode(dict(os.environ)))
    while True:
        try:
            return child.wait()
        except KeyboardInterrupt:
            continue  # pytest got it too: let it tidy up and have the last word


def _keeping_bytecode(environment: dict[str, str]) -> dict[str, str]:
    """Tests start a hundred processes: the engine is compiled for the first of them, not for each.

    Who wants no ``__pycache__`` beside the files (PYTHONDONTWRITEBYTECODE) finds none; it is in .venv.
    """
    if environment.pop("PYTHONDONTWRITEBYTECODE", ""):
        environment.setdefault("PYTHONPYCACHEPREFIX", str(VENV / "pycache"))
    return environment
