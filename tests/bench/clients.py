"""Clients of a service in a process of their own: they ask, wait for the answer, and ask again.

Arguments: host, port, clients, requests, and a file of paths, one a line, asked in order and
then again from the start. Prints percentiles and errors as JSON. It speaks HTTP/1.1 by hand, as a client library
would take more of the processors than the service.
"""

import asyncio
import json
import sys
from collections.abc import Iterator
from itertools import cycle, islice
from pathlib import Path
from time import perf_counter
from typing import Any, cast

import numpy as np
import uvloop


class _Client(asyncio.Protocol):
    """One connection; the next request goes out when the answer to the last one is whole."""

    def __init__(
        self, paths: Iterator[bytes], times: list[float], statuses: dict[str, int]
    ) -> None:
        self._paths, self._times, self._statuses = paths, times, statuses
        self._buffer = bytearray()
        self._length: int | None = None
        self._began = 0.0
        self.done = asyncio.get_running_loop().create_future()
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._next()

    def _next(self) -> None:
        assert self._transport is not None
        path = next(self._paths, None)
        if path is None:
            self._transport.close()
            self.done.set_result(None)
            return
        self._began = perf_counter()
        self._transport.write(b"GET " + path + b" HTTP/1.1\r\nHost: bench\r\n\r\n")

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        if self._length is None:
            end = self._buffer.find(b"\r\n\r\n")
            if end < 0:
                return
            head = bytes(self._buffer[:end]).lower()
            status = head[9:12].decode()
            self._statuses[status] = self._statuses.get(status, 0) + 1
            length = head.partition(b"content-length:")[2].partition(b"\r\n")[0]
            self._length = end + 4 + int(length)
        if len(self._buffer) >= self._length:
            self._times.append(perf_counter() - self._began)
            self._buffer.clear()
            self._length = None
            self._next()

    def connection_lost(self, _: Exception | None) -> None:
        if not self.done.done():
            self.done.set_exception(ConnectionError("the service closed the connection"))


async def _run(
    host: str, port: int, clients: int, requests: int, paths: list[bytes]
) -> dict[str, Any]:
    asked = islice(cycle(paths), requests)
    times: list[float] = []
    statuses: dict[str, int] = {}
    loop = asyncio.get_running_loop()
    began = perf_counter()
    made = [
        await loop.create_connection(lambda: _Client(asked, times, statuses), host, port)
        for _ in range(clients)
    ]
    await asyncio.gather(*(client.done for _, client in made))
    seconds = perf_counter() - began
    p50, p95, p99 = np.percentile(np.array(times) * 1000, [50, 95, 99]).round(3).tolist()
    return {
        "requests": len(times),
        "errors": sum(count for status, count in statuses.items() if status != "200"),
        "p50_ms": p50,
        "p95_ms": p95,
        "p99_ms": p99,
        "answers_a_second": round(len(times) / seconds),
    }


if __name__ == "__main__":
    host, port, clients, requests, file = sys.argv[1:]
    lines = Path(file).read_bytes().split()
    print(json.dumps(uvloop.run(_run(host, int(port), int(clients), int(requests), lines))))
