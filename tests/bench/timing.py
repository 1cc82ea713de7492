"""Timing: engines on the same pairs, in turn and each alone, and their answers compared.

In turn, every engine answers a pair before the next one comes; what one reads drives what the
others have read out of the processor's caches, as in a busy service. Who begins moves on with
each pair, so that nobody always comes behind the same one. Alone, an engine answers all pairs in
a row. Warm-up comes first and is not counted.
"""

import inspect
import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import Any

import numpy as np

Pair = tuple[int, int]
WARM_UP = 20


@dataclass(frozen=True, slots=True)
class Engine:
    """Something that answers; `ask` gives what can be compared, or a coroutine of it.

    What is None is compared with nothing.
    """

    name: str
    ask: Callable[[int, int], Any]


def spread(seconds: Sequence[float]) -> dict[str, float]:
    """p50 and p95 in milliseconds."""
    p50, p95 = np.percentile(np.array(seconds) * 1000, [50, 95])
    return {"p50_ms": round(float(p50), 4), "p95_ms": round(float(p95), 4)}


async def side_by_side(
    engines: Sequence[Engine],
    pairs: Sequence[Pair],
    *,
    same: Callable[[Any, Any], bool] = operator.eq,
) -> dict[str, Any]:
    """Time engines on pairs, the first of them for warming up.

    Args:
        engines: What is timed; the first one is ours.
        pairs: What each is asked.
        same: Whether two answers agree.

    Returns:
        `pairs` is how many were counted, `engines` the spread of each in turn and alone.

    Raises:
        SystemExit: Two engines give different answers to one pair.
    """
    warm, counted = pairs[: min(WARM_UP, len(pairs) // 3)], pairs[min(WARM_UP, len(pairs) // 3) :]
    for engine in engines:
        for pair in warm:
            await _timed(engine, pair)
    times: dict[str, dict[str, list[float]]] = {
        engine.name: {"in_turn": [], "alone": []} for engine in engines
    }
    for turn, pair in enumerate(counted):
        answers: dict[str, Any] = {}
        first = turn % len(engines)
        for engine in (*engines[first:], *engines[:first]):
            answer, seconds = await _timed(engine, pair)
            times[engine.name]["in_turn"].append(seconds)
            if answer is not None:
                answers[engine.name] = answer
        if not all(same(next(iter(answers.values())), answer) for answer in answers.values()):
            raise SystemExit(f"the engines disagree on {pair}: {answers}")
    for engine in engines:
        for pair in warm:
            await _timed(engine, pair)
        for pair in counted:
            times[engine.name]["alone"].append((await _timed(engine, pair))[1])
    return {
        "pairs": len(counted),
        "engines": {
            name: {how: spread(seconds) for how, seconds in ways.items()}
            for name, ways in times.items()
        },
    }


async def _timed(engine: Engine, pair: Pair) -> tuple[Any, float]:
    began = perf_counter()
    answer = engine.ask(*pair)
    if inspect.isawaitable(answer):
        answer = await answer
    return answer, perf_counter() - began
