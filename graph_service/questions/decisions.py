"""The log of decisions, as people read it."""

from graph_service.model.decision_answers import DecisionList, DecisionRow
from graph_service.model.revision import decisions_in_force
from graph_service.projection.reader import View
from graph_service.questions.paging import PER_PAGE, page


async def list_decisions(
    view: View, *, cursor: str | None = None, per_page: int = PER_PAGE
) -> DecisionList:
    """List what people decided, newest first, with what is in force."""
    log = await view.store.decisions()
    in_force = {row.id for row in decisions_in_force(log)}
    ordered = sorted(log, key=lambda row: -row.number)
    # An undone undo leaves the facts as they were, but not the log.
    rows, next_cursor = page(
        ordered,
        revision=f"{view.state.facts_revision}-{len(log)}",
        cursor=cursor,
        per_page=per_page,
    )
    return DecisionList(
        meta=view.meta(
            parameters={"per_page": per_page},
            count=len(ordered),
            per_page=per_page,
            next_cursor=next_cursor,
        ),
        results=[
            DecisionRow(
                id=row.id,
                op=row.op,
                a=row.a,
                b=row.b,
                a_name=_title(view, row.a),
                b_name=_title(view, row.b or ""),
                by=row.by,
                at=row.at,
                in_force=row.id in in_force,
            )
            for row in rows
        ],
    )


def _title(view: View, id: str) -> str | None:
    number = view.paper_number(id)
    return None if number is None else view.graph.titles[number]
