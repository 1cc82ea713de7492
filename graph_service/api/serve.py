"""Serving the application, from this process or from several that share the port."""

import asyncio
import errno
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from threading import current_thread, main_thread

import uvicorn
from fastapi import FastAPI
from uvicorn.supervisors import Multiprocess
from uvicorn.supervisors.multiprocess import SIGNALS

from graph_service.api.app import create_app
from graph_service.model.errors import SettingsError, StoreUnavailable
from graph_service.settings import Settings

# How long requests under way may take to end once the service is told to stop.
GRACE_SECONDS = 10


def serve(
    settings: Settings,
    *,
    log_level: str = "info",
    ready: Callable[[str], None] = lambda _url: None,
    step: Callable[[str], None] = lambda _: None,
) -> None:
    """Serve until SIGINT or SIGTERM, then finish what is under way and return.

    Args:
        settings: Name store, address, port and how many processes serve; port 0 takes any free
            one. Processes share the port and the projection's files; a store in memory is of
            one process.
        log_level: How much uvicorn says on standard error. There is no access log: queries hold
            names of people.
        ready: Called with the base URL once the service listens.
        step: Called at the start with the name of each step as it begins.

    Raises:
        StoreError: The store cannot be opened or read.
        SettingsError: The port is taken, the address is not of this machine, or several
            processes are to serve a store in memory.
    """
    if settings.workers > 1 and settings.store == "memory:":
        raise SettingsError(
            "a store in memory is of one process; give --workers 1, or a store in a file",
            store=settings.store,
        )
    app = create_app(settings, step=step)
    config = partial(
        uvicorn.Config,
        log_level=log_level,
        access_log=False,
        server_header=False,
        ws="none",
        timeout_graceful_shutdown=GRACE_SECONDS,
    )
    # `_serve` runs the lifespan itself: then a store that cannot be opened is an error of ours
    # instead of a trace in the log, and the store opens once, before the port does.
    alone = config(app, lifespan="off")
    with asyncio.Runner(loop_factory=alone.get_loop_factory()) as runner:
        if settings.workers == 1:
            runner.run(_serve(app, alone, settings, ready))
            return
        # What the processes share is made once, and what stands in the way is said, before.
        runner.run(_prepare(app))
    shared = config(
        partial(create_app, settings), factory=True, lifespan="on", workers=settings.workers
    )
    with _listener(settings.host, settings.port) as listener:
        url = _url(settings.host, listener)
        _serve_from_several(shared, listener, lambda: ready(url))


async def _serve(
    app: FastAPI, config: uvicorn.Config, settings: Settings, ready: Callable[[str], None]
) -> None:
    async with app.router.lifespan_context(app):
        with _listener(settings.host, settings.port) as listener:
            url = _url(settings.host, listener)
            await _Server(config, lambda: ready(url)).serve(sockets=[listener])


async def _prepare(app: FastAPI) -> None:
    async with app.router.lifespan_context(app):
        pass


def _serve_from_several(
    config: uvicorn.Config, listener: socket.socket, listening: Callable[[], None]
) -> None:
    """Keep as many processes as are wanted until a signal; one that dies is started again."""
    before = {number: signal.getsignal(number) for number in SIGNALS}
    try:
        supervisor = _Supervisor(config, listener, listening)
        supervisor.run()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    if supervisor.failed:
        raise StoreUnavailable("a process ended before it served; its last words are above")


def _url(host: str, listener: socket.socket) -> str:
    named = f"[{host}]" if ":" in host else host
    return f"http://{named}:{listener.getsockname()[1]}"


def _listener(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise SettingsError(
                f"port {port} of {host} is taken; give another one with --port, or --port 0 "
                "for any free one",
                host=host,
                port=port,
            ) from error
        raise SettingsError(
            f"cannot listen on {host}, port {port}: {error.strerror}; "
            "give others with --host and --port",
            host=host,
            port=port,
        ) from error


class _Server(uvicorn.Server):
    """A server that says when it listens, and that returns after a signal."""

    def __init__(self, config: uvicorn.Config, listening: Callable[[], None]) -> None:
        super().__init__(config)
        self._listening = listening

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._listening()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Stop on a signal; uvicorn would raise it again and end the process before `finally`."""
        if current_thread() is not main_thread():
            yield
            return
        before = {
            number: signal.signal(number, self.handle_exit)
            for number in (signal.SIGINT, signal.SIGTERM)
        }
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


class _Supervisor(Multiprocess):
    """Processes that share a port, and say when all of them listen."""

    def __init__(
        self, config: uvicorn.Config, listener: socket.socket, listening: Callable[[], None]
    ) -> None:
        super().__init__(config, [listener])
        self._listening = listening
        self.failed = False

    def init_processes(self) -> None:
        super().init_processes()
        for process in self.processes:
            while not process.is_ready(timeout=1):
                self.handle_signals()
                if self.should_exit.is_set():
                    return
                if not process.process.is_alive():
                    self.failed = True
                    self.should_exit.set()
                    return
        self._listening()
