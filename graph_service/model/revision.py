"""The facts revision: an order-free hash of every record and of every decision in force.

The same facts give the same revision on any store, in any load order and batch size; taking a
fact out again gives the revision of before.
"""

from collections.abc import Iterable
from hashlib import blake2b

from graph_service.model.records import Decision, Record, canonical_json

_MODULUS = 2**128
# What a decision may say of a step of lineage.
STEP_OPS = ("accept", "reject")
# How a decision names a record, where it says which records are one paper.
RECORD_UNIT = "record:"


def fact_hash(content: bytes) -> int:
    """BLAKE2b-128 of one fact's canonical JSON, as a number."""
    return int.from_bytes(blake2b(content, digest_size=16).digest(), "big")


def decisions_in_force(log: Iterable[Decision]) -> list[Decision]:
    """Drop what was undone (an undone undo counts for nothing) and the undo lines themselves."""
    rows = sorted(log, key=lambda row: row.number)
    cancelled: set[str] = set()
    for row in reversed(rows):
        if row.op == "undo" and row.id not in cancelled:
            cancelled.add(row.a)
    return [row for row in rows if row.op != "undo" and row.id not in cancelled]


def identity_decisions(log: Iterable[Decision]) -> list[Decision]:
    """The decisions in force that say who is who."""
    return [
        row
        for row in decisions_in_force(log)
        if row.op not in STEP_OPS and not row.a.startswith(RECORD_UNIT)
    ]


def work_decisions(log: Iterable[Decision]) -> list[Decision]:
    """The decisions in force that say which records are one paper."""
    return [
        row
        for row in decisions_in_force(log)
        if row.op not in STEP_OPS and row.a.startswith(RECORD_UNIT)
    ]


def step_decisions(log: Iterable[Decision]) -> dict[tuple[str, str], Decision]:
    """The decisions in force on steps of lineage, by newer and older paper."""
    return {(row.a, row.b or ""): row for row in decisions_in_force(log) if row.op in STEP_OPS}


def decision_facts(log: Iterable[Decision]) -> set[bytes]:
    """What the log says in all: each pair and verdict in force, once, without time and author."""
    return {
        canonical_json({"type": "decision", "op": row.op, "pair": pair})
        for row in decisions_in_force(log)
        for pair in ([row.a, row.b] if row.op in STEP_OPS else sorted([row.a, row.b or ""]),)
    }


class FactsSum:
    """The running sum behind a revision; 32 hex digits in storage, 16 for people."""

    def __init__(self, stored: str = "0") -> None:
        self.value = int(stored, 16)

    def add(self, content: bytes) -> None:
        """Count a fact in."""
        self.value = (self.value + fact_hash(content)) % _MODULUS

    def remove(self, content: bytes) -> None:
        """Count a fact out."""
        self.value = (self.value - fact_hash(content)) % _MODULUS

    def add_sum(self, other: "FactsSum") -> None:
        """Count in what another sum counted, of other facts."""
        self.value = (self.value + other.value) % _MODULUS

    def replace_log(self, before: Iterable[Decision], after: Iterable[Decision]) -> None:
        """Count a change of the log."""
        old, new = decision_facts(before), decision_facts(after)
        for content in old - new:
            self.remove(content)
        for content in new - old:
            self.add(content)

    @property
    def stored(self) -> str:
        """The whole sum, 32 hex digits."""
        return f"{self.value:032x}"

    @property
    def revision(self) -> str:
        """The facts revision: the first 16 hex digits."""
        return self.stored[:16]


def facts_revision(records: Iterable[Record], log: Iterable[Decision]) -> str:
    """Compute the revision of a whole set of facts from nothing."""
    total = FactsSum()
    for record in records:
        total.add(canonical_json(record))
    total.replace_log((), log)
    return total.revision
