"""Moving facts in and out: export, import, unload.

An export is JSON lines: a head, the source and paper records by id, the identity log by number,
and an end with counts and revision, without which a file counts as cut.
"""

from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import orjson
from anyio.to_thread import run_sync
from pydantic import ValidationError

from graph_service.model.errors import NodeNotFound, PaperNotFound, RecordError, StoreCorrupt
from graph_service.model.records import Decision, Record, canonical_json, record_from_json
from graph_service.model.revision import FactsSum
from graph_service.store.batches import next_batch, put_all
from graph_service.store.protocol import GraphStore, WriteCounts

FORMAT = "coauthor-graph-export"
# Of what an export holds: records and decisions. Stores may be laid out anew without it.
EXPORT_VERSION = 1
_DECISION = {"type": "decision"}


async def export_lines(store: GraphStore) -> AsyncIterator[bytes]:
    """Write everything that is fact as lines, without line ends."""
    revision = (await store.state()).facts_revision
    yield canonical_json({"format": FORMAT, "schema_version": EXPORT_VERSION})
    total = FactsSum()
    records = 0
    async for record in store.records():
        line = canonical_json(record)
        total.add(line)
        records += 1
        yield line
    log = await store.decisions()
    for row in log:
        yield canonical_json(row.model_dump(mode="json", exclude_defaults=True) | _DECISION)
    total.replace_log((), log)
    if total.revision != revision:
        raise StoreCorrupt(
            f"{store.name} changed during the export, or is damaged: run it again, then verify"
        )
    yield canonical_json(
        {"end": True, "records": records, "decisions": len(log), "facts_revision": revision}
    )


@dataclass(frozen=True, slots=True)
class Exported:
    """An export that was read to its end and found whole."""

    records: int
    decisions: tuple[Decision, ...]
    facts_revision: str


def _parse(path: Path) -> Iterator[Record | Decision | dict[str, object]]:
    name = str(path)
    try:
        stream = path.open("rb")
    except OSError as error:
        raise RecordError(name, f"cannot be read: {error.strerror}") from error
    with stream:
        for number, line in enumerate(stream, start=1):
            try:
                fields = orjson.loads(line)
                if not isinstance(fields, dict):
                    raise ValueError("is no object")  # noqa: TRY004 - handled below with broken JSON
                kind = fields.get("type")
                if kind == "decision":
                    del fields["type"]
                    yield Decision.model_validate(fields)
                elif kind in ("paper", "source"):
                    yield record_from_json(line)
                else:
                    yield fields
            except ValidationError as error:
                fault = error.errors()[0]
                where = ".".join(str(part) for part in fault["loc"])
                raise RecordError(name, f"{where}: {fault['msg']}", line=number) from error
            except ValueError as error:
                raise RecordError(name, f"is no line of an export: {error}", line=number) from error


def check_export(path: Path) -> Exported:
    """Read an export to its end and check that it is whole.

    Raises:
        RecordError: It is no export, of another version, cut, or altered; the line is named.
    """
    name = str(path)
    parts = _parse(path)
    head = next(parts, None)
    if not isinstance(head, dict) or head.get("format") != FORMAT:
        raise RecordError(name, "is no export of coauthor-graph", line=1)
    if head.get("schema_version") != EXPORT_VERSION:
        raise RecordError(
            name,
            f"has schema version {head.get('schema_version')}, this program reads "
            f"{EXPORT_VERSION}; import it with the program that wrote it",
            line=1,
        )
    total = FactsSum()
    records, log, end = 0, list[Decision](), None
    for part in parts:
        if end is not None:
            raise RecordError(name, "goes on after its end line")
        if isinstance(part, Decision):
            log.append(part)
        elif isinstance(part, dict):
            end = part
        else:
            total.add(canonical_json(part))
            records += 1
    total.replace_log((), log)
    whole = {"end": True, "records": records, "decisions": len(log)}
    if end != whole | {"facts_revision": total.revision}:
        raise RecordError(name, "is cut or was altered: its end line does not fit what it holds")
    return Exported(records, tuple(log), total.revision)


async def import_file(
    store: GraphStore, path: Path, *, progress: Callable[[int], None] = lambda records: None
) -> tuple[Exported, WriteCounts]:
    """Import an export: first check it whole, then write records and decisions.

    Raises:
        RecordError: See `check_export`.
        DecisionConflict: The store's log has other decisions under the same numbers.
    """
    exported = await run_sync(check_export, path)

    def batches() -> Iterator[list[Record]]:
        parts = (part for part in _parse(path) if not isinstance(part, Decision | dict))
        while batch := list(next_batch(parts, store.records_a_batch)):
            yield batch

    async with store.writing():
        counts = await put_all(store, batches(), lambda counts: progress(counts.put))
        if exported.decisions:
            await store.append(exported.decisions)
    return exported, counts


async def unload(
    store: GraphStore, *, paper: str | None = None, source: str | None = None
) -> WriteCounts:
    """Remove a paper's records, or all records of a source and its own.

    Args:
        store: The store to write to.
        paper: A paper's id.
        source: A source's name or id.

    Raises:
        PaperNotFound, NodeNotFound: There is no such paper or source.
    """
    async with store.writing():
        if paper is not None:
            ids = await store.record_ids(paper=paper)
            if not ids:
                raise PaperNotFound(paper)
        else:
            name = (source or "").removeprefix("source:")
            ids = await store.record_ids(source=name)
            if not ids:
                raise NodeNotFound("Source", source or "")
        counts = WriteCounts()
        for start in range(0, len(ids), store.records_a_batch):
            counts += await store.remove(ids[start : start + store.records_a_batch])
        return counts
