"""Names that may be one person: what the rules see and do not join."""

from graph_service.identity.rules import Node, Pair
from graph_service.model.identity_answers import Candidate, CandidateList, PersonHint, SignRow
from graph_service.projection.reader import View
from graph_service.questions.identity import person_hint
from graph_service.questions.paging import PER_PAGE, page
from graph_service.store.resolving import run_identity

Row = tuple[Pair, str | None]


async def list_candidates(
    view: View, *, cursor: str | None = None, per_page: int = PER_PAGE
) -> CandidateList:
    """List pairs that rules would not join: most points first, then by both ids.

    Cost: A run of the rules over the whole store, the first time in a state of the facts.
    """

    async def build() -> list[Row]:
        run = (await run_identity(view.store)).run
        rows: list[Row] = [(pair, None) for pair in run.near]
        rows += [(one.pair, one.veto) for one in run.blocked]
        rows.sort(key=lambda row: (-row[0].points, row[0].a.unit, row[0].b.unit))
        # What two rules come near to is one pair: that of the rule for which more speaks.
        first: dict[frozenset[str], Row] = {}
        for pair, veto in rows:
            first.setdefault(frozenset((pair.a.unit, pair.b.unit)), (pair, veto))
        return list(first.values())

    rows = await view.remember("identity-candidates", build)
    shown, next_cursor = page(
        rows, revision=view.state.facts_revision, cursor=cursor, per_page=per_page
    )
    return CandidateList(
        meta=view.meta(
            parameters={"per_page": per_page},
            count=len(rows),
            per_page=per_page,
            next_cursor=next_cursor,
        ),
        results=[await _candidate(view, pair, veto) for pair, veto in shown],
    )


async def _candidate(view: View, pair: Pair, veto: str | None) -> Candidate:
    return Candidate(
        a=pair.a.unit,
        b=pair.b.unit,
        a_author=await _author(view, pair.a),
        b_author=await _author(view, pair.b),
        rule=pair.rule,
        points=pair.points,
        needed=pair.need,
        signs=[
            SignRow(kind=sign.kind, points=sign.points, detail=sign.detail)
            for sign in sorted(pair.signs, key=lambda sign: (-sign.points, sign.kind))
        ],
        veto=veto,
    )


async def _author(view: View, node: Node) -> PersonHint | None:
    ids = await view.store.authors_known_as(node.key.text)
    for facts in await view.store.authors(ids):
        if any(name.id == node.unit for name, _ in facts.names):
            number = view.author_number(facts.author.id)
            return None if number is None else person_hint(view, number)
    return None
