"""Serving the application from this process."""

import asyncio
import errno
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import current_thread, main_thread

import uvicorn
from fastapi import FastAPI

from graph_service.api.app import create_app
from graph_service.model.errors import SettingsError
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
        settings: Name store, address and port; port 0 takes any free one.
        log_level: How much uvicorn says on standard error. There is no access log: queries hold
            names of people.
        ready: Called with the base URL once the service listens.
        step: Called at the start with the name of each step as it begins.

    Raises:
        StoreError: The store cannot be opened or read.
        SettingsError: The port is taken, or the address is not of this machine.
    """
    app = create_app(settings, step=step)
    config = uvicorn.Config(
        app,
        # `_serve` runs the lifespan itself: then a store that cannot be opened is an error of
        # ours instead of a trace in the log, and the store opens once, before the port does.
        lifespan="off",
        log_level=log_level,
        access_log=False,
        server_header=False,
        ws="none",
        timeout_graceful_shutdown=GRACE_SECONDS,
    )
    with asyncio.Runner(loop_factory=config.get_loop_factory()) as runner:
        runner.run(_serve(app, config, settings, ready))


async def _serve(
    app: FastAPI, config: uvicorn.Config, settings: Settings, ready: Callable[[str], None]
) -> None:
    async with app.router.lifespan_context(app):
        with _listener(settings.host, settings.port) as listener:
            host = f"[{settings.host}]" if ":" in settings.host else settings.host
            url = f"http://{host}:{listener.getsockname()[1]}"
            await _Server(config, lambda: ready(url)).serve(sockets=[listener])


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
