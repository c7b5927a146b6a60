"""The CloudShell of a sandbox: a bash with files in memory and the real ``aws`` command, in the browser.

A line that somebody types goes from the browser (static/js/shell/) over a WebSocket (``consumers.py``) to a session
(``sessions.py``), which keeps the shell's state between lines as bytes, and with them to one of a few worker
processes (``pool.py``, ``worker/``). A worker runs one line at a time and keeps nothing: what it gives back is the
output and the new bytes. So a line that takes its worker down takes nothing else along, not even its own shell: that
is as it was before the line.

Nothing outside ``worker/`` imports awscli: that package puts a botocore of its own in place of everybody's.
"""
