"""What every part needs: the error for people, a line to them, and a lock between processes."""

import contextlib
import fcntl
import sys
from collections.abc import Iterator
from pathlib import Path


class Neo4jToolError(Exception):
    """A local Neo4j cannot be had; the message says why and what to do."""


def say(line: str) -> None:
    """Tell a person what goes on, without mixing it into the output."""
    print(line, file=sys.stderr, flush=True)


@contextlib.contextmanager
def locked(path: Path, waiting: str) -> Iterator[None]:
    """Hold a file lock, which ends with the process; say `waiting` when somebody else has it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="ascii") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say(waiting)
            fcntl.flock(file, fcntl.LOCK_EX)
        yield
