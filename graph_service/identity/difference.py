"""The difference between what rules want and what they have written: new, lost and unchanged rows.

A rule's row that the rules no longer want is taken back by one more row, `undo`; nothing in the
log is changed.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from graph_service.identity.persons import is_by_rule
from graph_service.identity.run import wanted_key
from graph_service.model.records import Decision, DecisionDraft
from graph_service.model.revision import identity_decisions


@dataclass(frozen=True, slots=True)
class Difference:
    """How a run differs from the log.

    `new` are drafts that the log does not hold in force, in the order of the run; `lost` rows in
    force that the run does not want, by number; `unchanged` rows that both hold.
    """

    new: tuple[DecisionDraft, ...]
    lost: tuple[Decision, ...]
    unchanged: tuple[Decision, ...]

    @property
    def drafts(self) -> list[DecisionDraft]:
        """What is to be appended to the log: first what is taken back, then what is new."""
        undone = [DecisionDraft(op="undo", a=row.id, by=row.by) for row in self.lost]
        return [*undone, *self.new]


def difference(wanted: Sequence[DecisionDraft], log: Iterable[Decision]) -> Difference:
    """Compare what rules want with what they have written and is in force.

    Two rows are one if they say the same of the same two by the same rule; other evidence for it
    is no new row.

    Args:
        wanted: The rows that a run wants in force.
        log: The whole log, in any order.
    """
    held = {
        wanted_key(row): row
        for row in sorted(identity_decisions(log), key=lambda row: -row.number)
        if is_by_rule(row)
    }
    drafts = {wanted_key(draft): draft for draft in wanted}
    return Difference(
        new=tuple(draft for key, draft in drafts.items() if key not in held),
        lost=tuple(
            sorted(
                (row for key, row in held.items() if key not in drafts),
                key=lambda row: row.number,
            )
        ),
        unchanged=tuple(
            sorted((row for key, row in held.items() if key in drafts), key=lambda row: row.number)
        ),
    )
