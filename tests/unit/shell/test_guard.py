"""The second wall: what a worker's own Python may not do, whoever talks it into it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
# Every attempt by name; each that is refused by the guard is printed.
PROGRAM = """
import os, socket, subprocess, sys
sys.path.append(sys.argv[1])
from playground.shell.worker.guard import Forbidden, Guard
guard = Guard()
guard.close()
door = socket.socket()
attempts = {
    "read a file": lambda: open(sys.argv[2]).read(),
    "read a password": lambda: open("/etc/passwd"),
    "read by descriptor": lambda: os.open(sys.argv[2], os.O_RDONLY),
    "write a file": lambda: open(sys.argv[2] + ".new", "w"),
    "write into the libraries": lambda: open(os.path.join(sys.prefix, "x"), "w"),
    "list a folder": lambda: os.listdir(os.path.dirname(sys.argv[2])),
    "walk a folder": lambda: list(os.scandir("/")),
    "delete": lambda: os.remove(sys.argv[2]),
    "rename": lambda: os.rename(sys.argv[2], sys.argv[2] + "x"),
    "make a folder": lambda: os.mkdir(sys.argv[2] + ".d"),
    "link": lambda: os.symlink(sys.argv[2], sys.argv[2] + "l"),
    "change modes": lambda: os.chmod(sys.argv[2], 0o777),
    "run a program": lambda: subprocess.run(["true"]),
    "run a shell": lambda: os.system("true"),
    "fork": lambda: os.fork(),
    "exec": lambda: os.execv("/bin/true", ["true"]),
    "kill": lambda: os.kill(os.getppid(), 0),
    "look up a name": lambda: socket.getaddrinfo("example.com", 80),
    "connect elsewhere": lambda: socket.socket().connect(("127.0.0.1", 22)),
    "send elsewhere": lambda: socket.socket(type=socket.SOCK_DGRAM).sendto(b"x", ("127.0.0.1", 53)),
    "listen": lambda: door.bind(("127.0.0.1", 0)),
    "load a library": lambda: __import__("ctypes").CDLL(None),
}
if sys.platform == "win32":
    for name in ("fork", "exec", "kill"):
        del attempts[name]
for name, attempt in attempts.items():
    try:
        attempt()
    except Forbidden:
        continue
    except Exception as other:
        print(name, "ended otherwise:", repr(other))
    else:
        print(name, "was let through")
"""


def test_no_file_program_or_address_of_the_machine_is_within_reach(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("mine")
    done = subprocess.run(
        [sys.executable, "-I", "-c", PROGRAM, str(ROOT), str(secret)], capture_output=True, text=True, timeout=60
    )
    assert (done.stdout, done.stderr) == ("", "")
    assert [file.name for file in tmp_path.iterdir()] == ["secret"]
