"""How firmly names hold together: the weakest join of people, and names that several bear."""

from collections.abc import Sequence

from graph_service.identity.persons import FOLD_EQUAL, IDENTIFIER, SAME_PAPER, USER
from graph_service.identity.rule_table import RULES
from graph_service.model.answers import JoinOfNames, Note
from graph_service.model.path_answers import WeakestJoin
from graph_service.model.schema import Edge
from graph_service.projection.find import author_ref
from graph_service.projection.reader import View

APPLIED = "applied"
# The weakest first: of rules in the log the last to apply; what a user decided is the firmest.
FIRMNESS = (*RULES[::-1], FOLD_EQUAL, SAME_PAPER, IDENTIFIER, USER)


def firmness(rule: str) -> int:
    """The place of a rule among all, the weakest first; a rule of another version is weaker."""
    return FIRMNESS.index(rule) if rule in FIRMNESS else -1


def _order(join: Edge) -> tuple[int, str, str]:
    return firmness(str(join.properties["rule"])), join.start, join.end


async def weakest_join(view: View, authors: Sequence[int]) -> tuple[WeakestJoin | None, list[Note]]:
    """Find the weakest join that makes one of some authors, and whose name others bear too.

    Returns:
        The join, absent where nobody has two names; and a note where a name is borne by several.
    """
    wanted = sorted(set(authors))
    facts = await view.store.authors([view.graph.author_ids[at] for at in wanted])
    joins = [
        (_order(join), at, join)
        for at, one in zip(wanted, facts, strict=True)
        for join in one.joins
        if join.properties["status"] == APPLIED
    ]
    shared = sum(
        any(
            join.properties["rule"] == FOLD_EQUAL and join.properties["status"] != APPLIED
            for join in one.joins
        )
        for one in facts
    )
    notes = [
        Note(
            code="shared-names",
            count=shared,
            text=f"{shared} of the authors on the way bear a name that other people bear too; a "
            "paper may be another one's",
        )
    ]
    weakest = None
    if joins:
        _, at, join = min(joins, key=lambda one: one[:2])
        weakest = WeakestJoin(
            author=author_ref(view, at),
            join=JoinOfNames.model_validate({"a": join.start, "b": join.end, **join.properties}),
        )
    return weakest, notes if shared else []
