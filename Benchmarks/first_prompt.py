"""How long until a shell can be typed into: `payg` and `sqlite3` on one store, in turns, in one run.

    python3 Benchmarks/first_prompt.py .build/release/payg .build/demo.payg

A terminal of 80 columns is made for each start; what counts is the time from starting the program to its prompt being there.
"""

import fcntl
import os
import pty
import select
import shutil
import signal
import statistics
import struct
import sys
import tempfile
import termios
import time

ROUNDS = 40


def first_prompt(command, prompt):
    begun = time.perf_counter()
    child, terminal = pty.fork()
    if child == 0:
        os.environ.update(TERM="xterm", XDG_STATE_HOME=tempfile.gettempdir() + "/payg-first-prompt")
        os.execvp(command[0], command)
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    shown = b""
    while prompt not in shown:
        ready, _, _ = select.select([terminal], [], [], 10)
        if not ready:
            sys.exit(f"{command[0]} shows no prompt: {shown[-200:]!r}")
        shown += os.read(terminal, 65536)
    passed = time.perf_counter() - begun
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    os.close(terminal)
    return passed * 1000


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    payg, store = sys.argv[1:]
    if not shutil.which("sqlite3"):
        sys.exit("sqlite3 is what payg is held against: apt-get install sqlite3")
    programs = {
        "sqlite3": (["sqlite3", store], b"sqlite> "),
        "payg": ([payg, "-s", store], b"payg> "),
    }
    times = {name: [] for name in programs}
    for _ in range(ROUNDS):
        for name, (command, prompt) in programs.items():
            times[name].append(first_prompt(command, prompt))
    medians = {name: statistics.median(all) for name, all in times.items()}
    for name, median in medians.items():
        print(f"{name:8} {median:6.1f} ms to the first prompt (median of {ROUNDS}, least {min(times[name]):.1f})")
    ratio = medians["payg"] / medians["sqlite3"]
    print(f"payg takes {ratio:.1f} times as long; the aim is at most 3")


if __name__ == "__main__":
    main()
