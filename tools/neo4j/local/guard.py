"""Run a command that dies with the process that asked for it: `guard.py PARENT DATA_DIR COMMAND…`.

A disposable server must not outlive who asked for it, kill -9 included. Linux has
PR_SET_PDEATHSIG, but it fires when the *thread* that started the child ends, needs code run
between fork and exec of a process that may have threads, and macOS lacks it. So this small
process stands between: it sees its parent change, kills the server and deletes DATA_DIR.

It is started as a file with `python -I`, and so imports nothing of ours.
"""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Sequence


def guard(parent: int, data_dir: str, command: Sequence[str]) -> int:
    """Run `command` for as long as `parent` is our parent."""
    # The whole group gets SIGTERM; stay until the server has followed it. A handler, since a
    # signal that is ignored stays ignored in the child.
    signal.signal(signal.SIGTERM, lambda *_: None)
    child = subprocess.Popen(command)
    while child.poll() is None:
        if os.getppid() != parent:
            child.kill()
            child.wait()
            shutil.rmtree(data_dir, ignore_errors=True)
            break
        time.sleep(0.25)
    return child.returncode or 0


if __name__ == "__main__":
    sys.exit(guard(int(sys.argv[1]), sys.argv[2], sys.argv[3:]))
