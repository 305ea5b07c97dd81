"""Runs a program at a pseudo-terminal of 80 columns, and types when it is asked.

Reads one JSON object from standard input: {"argv": [...], "dialogue": [["what the screen shows", "what is typed"], ...]}.
Writes one: {"screen": all that the terminal showed, "processes": what the process list showed in the meantime, "exitCode": ...}.
A signal's number is added to 128, as shells do.
"""

import fcntl
import json
import os
import pty
import select
import struct
import subprocess
import sys
import termios
import time

SECONDS = 60

told = json.load(sys.stdin)
pid, terminal = pty.fork()
if pid == 0:
    os.execvp(told["argv"][0], told["argv"])
fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))

screen = b""
processes = ""
seen = 0
dialogue = list(told["dialogue"])
end = time.monotonic() + SECONDS
while time.monotonic() < end:
    readable, _, _ = select.select([terminal], [], [], 0.1)
    if readable:
        try:
            chunk = os.read(terminal, 65536)
        except OSError:  # The other side is closed.
            break
        if not chunk:
            break
        screen += chunk
    if dialogue:
        at = screen.find(dialogue[0][0].encode(), seen)
        if at >= 0:
            seen = at + len(dialogue[0][0].encode())
            os.write(terminal, dialogue.pop(0)[1].encode())
            time.sleep(0.05)
            processes += subprocess.run(["ps", "-ef"], capture_output=True, text=True).stdout
else:
    os.kill(pid, 9)
_, status = os.waitpid(pid, 0)
code = os.WEXITSTATUS(status) if os.WIFEXITED(status) else 128 + os.WTERMSIG(status)
shown = {"screen": screen.decode(errors="replace"), "processes": processes, "exitCode": code}
json.dump(shown, sys.stdout)
