"""Progress of a long command, on stderr: a bar on a terminal, else a line now and then."""

from time import monotonic
from types import TracebackType
from typing import Self

from rich.progress import (
    BarColumn,
    ProgressColumn,
    SpinnerColumn,
    Task,
    TaskID,
    TimeElapsedColumn,
)
from rich.progress import Progress as Bar
from rich.text import Text

from graph_service.cli.terminal import console, plain, tell

SECONDS_BEFORE_A_BAR = 0.5
SECONDS_BETWEEN_LINES = 5.0
BAR_WIDTH = 20


class _Description(ProgressColumn):
    def render(self, task: Task) -> Text:
        """Show a task's description as it is; rich's own column would read markup in it."""
        return Text(plain(task.description), no_wrap=True, overflow="ellipsis")


class Progress:
    """Shows what a command is at; quick commands show nothing, and a bar leaves no trace."""

    def __init__(self, *, after: float = SECONDS_BEFORE_A_BAR) -> None:
        self._console = console(stderr=True)
        self._bar: Bar | None = None
        self._task: TaskID | None = None
        self._show_at = monotonic() + after
        self._line_at = monotonic() + SECONDS_BETWEEN_LINES

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._bar is not None:
            self._bar.stop()

    def __call__(self, doing: str, done: int | None = None, total: int | None = None) -> None:
        """Say what is being done, and how much of it; `total` is absent while unknown."""
        if done is not None:
            doing = f"{doing}: {done:,}" + ("" if total is None else f" of {total:,}")
        now = monotonic()
        if self._console.is_terminal:
            if now >= self._show_at:
                self._draw(doing, done, total)
        elif now >= self._line_at:
            tell(doing)
            self._line_at = now + SECONDS_BETWEEN_LINES

    def _draw(self, doing: str, done: int | None, total: int | None) -> None:
        if self._bar is None or self._task is None:
            self._bar = Bar(
                SpinnerColumn(),
                _Description(),
                BarColumn(bar_width=BAR_WIDTH),
                TimeElapsedColumn(),
                console=self._console,
                transient=True,
            )
            self._task = self._bar.add_task(doing, total=None)
            self._bar.start()
        self._bar.update(self._task, description=doing, completed=done or 0, total=total)
