"""The whole question over HTTP: a real service on the embedded store, and clients beside it.

The service has one process for each processor, as a busy one would.
"""

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlencode

from tests.bench.case import Case
from tests.bench.cold_start import COMMAND
from tests.bench.projection import environment
from tests.bench.stores import ROOT

NAME = "serving /paths"
CLIENTS = 4


async def measure(case: Case) -> dict[str, Any]:
    """Percentiles for one client and four, and how the service has grown after all requests."""
    few, many = (100, 300) if case.quick else (10_000, 100_000)
    ids = case.graph.author_ids
    paths = case.kept.folder / "paths.txt"
    paths.write_text(
        "\n".join(
            "/paths?" + urlencode({"source": ids[a], "target": ids[b]}) for a, b in case.pairs
        )
    )
    with _service(case) as (process, host, port):

        def ask(clients: int, requests: int) -> dict[str, Any]:
            done = subprocess.run(
                [sys.executable, "-m", "tests.bench.clients", host, port, str(clients),
                 str(requests), str(paths)],
                cwd=ROOT, check=True, stdout=subprocess.PIPE,
            )  # fmt: skip
            found: dict[str, Any] = json.loads(done.stdout)
            return found

        ask(1, few // 10)
        one = ask(1, few // 10)
        four = ask(CLIENTS, few)
        early = resident_mebibytes(process.pid)
        rest = ask(CLIENTS, many - few)
        late = resident_mebibytes(process.pid)
    paths.unlink()
    figures = {f"1 client: {name}": value for name, value in one.items()}
    figures |= {f"{CLIENTS} clients: {name}": value for name, value in four.items()}
    figures |= {
        "processes": os.cpu_count() or 1,
        "errors": one["errors"] + four["errors"] + rest["errors"],
        f"resident MiB after {few:,} requests": early,
        f"resident MiB after {many:,} requests": late,
        "resident size, late by early": round(late / early, 3),
    }
    return {"figures": figures}


@contextmanager
def _service(case: Case) -> Iterator[tuple["subprocess.Popen[str]", str, str]]:
    command = [COMMAND, "serve", "--port", "0", "--workers", str(os.cpu_count() or 1)]
    with subprocess.Popen(
        command, cwd=ROOT, env=environment(case.kept, case.cache), stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stderr is not None
        said = []
        try:
            for line in process.stderr:
                said.append(line)
                if found := re.search(r"http://([\d.]+):(\d+)", line):
                    yield process, found[1], found[2]
                    break
            else:
                raise SystemExit("the service ended before it served:\n" + "".join(said))
        finally:
            process.send_signal(signal.SIGTERM)
            process.stderr.read()


def resident_mebibytes(pid: int) -> float:
    """The resident size of a process and its children."""
    listed = subprocess.run(
        ["ps", "-A", "-o", "pid=,ppid=,rss="], check=True, capture_output=True, text=True
    ).stdout
    rows = [tuple(map(int, line.split())) for line in listed.splitlines()]
    family, before = {pid}, 0
    while len(family) > before:
        before = len(family)
        family |= {child for child, parent, _ in rows if parent in family}
    return round(sum(size for child, _, size in rows if child in family) / 1024, 1)
