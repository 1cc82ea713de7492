"""Every error the service raises on purpose.

GraphServiceError
├─ InputError      RecordError · ParameterError · InvalidIdentifier · SettingsError
├─ NotFound        AuthorNotFound · PaperNotFound · NodeNotFound · DecisionTargetNotFound
│                 · ReportNotFound
├─ Conflict        AmbiguousName · AmbiguousTitle · Moved · DecisionConflict · NotDerived · CursorExpired
├─ ReportUnsupported
└─ StoreError      SchemaMismatch · StoreUnavailable · StoreBusy · StoreCorrupt · QueryTimeout

An error carries fields; its message is built from them and says what to do. "No path" and "no
rows" are answers, not errors.
"""

from collections.abc import Mapping, Sequence


class GraphServiceError(Exception):
    """Anything this service refuses or fails at, with the place and the remedy.

    `kind` is a stable name for programs (a problem document's type ends in it); `fields` are
    the values that the message was built from.
    """

    kind = "error"

    def __init__(self, message: str, **fields: object) -> None:
        super().__init__(message)
        self.message = message
        self.fields: Mapping[str, object] = fields


class InputError(GraphServiceError):
    """What was given cannot be used as it is."""

    kind = "input"


class RecordError(InputError):
    """One record of a source is unusable.

    Fields: `source` (file or stream), `line` (1-based; absent for a whole file), `reason`.
    """

    kind = "record"

    def __init__(self, source: str, reason: str, *, line: int | None = None) -> None:
        place = source if line is None else f"{source}, line {line}"
        super().__init__(f"{place}: {reason}", source=source, line=line, reason=reason)
        self.source, self.line, self.reason = source, line, reason


class ParameterError(InputError):
    """A parameter is out of its range or contradicts another one."""

    kind = "parameter"

    def __init__(self, name: str, value: object, allowed: str) -> None:
        super().__init__(
            f"{name} is {value!r}; allowed: {allowed}", name=name, value=value, allowed=allowed
        )


class InvalidIdentifier(InputError):
    """A text that should be an id is not one."""

    kind = "invalid-identifier"

    def __init__(self, value: str, reason: str) -> None:
        super().__init__(f"{value!r} is not an id: {reason}", value=value, reason=reason)


class SettingsError(InputError):
    """A setting is missing or unusable."""

    kind = "settings"


class NotFound(GraphServiceError, LookupError):
    """What was asked for is not in the graph."""

    kind = "not-found"


class AuthorNotFound(NotFound):
    """No author has this id or name; `near` holds names that come close."""

    kind = "author-not-found"

    def __init__(self, asked: str, near: Sequence[Mapping[str, object]] = ()) -> None:
        hint = (
            "; near names: " + ", ".join(str(candidate["name"]) for candidate in near)
            if near
            else ""
        )
        super().__init__(f"no author {asked!r}{hint}", asked=asked, near=list(near))


class PaperNotFound(NotFound):
    """No paper has this id."""

    kind = "paper-not-found"

    def __init__(self, asked: str) -> None:
        super().__init__(
            f"no paper {asked!r}; list ids with GET /papers or look a title up with ?q=",
            asked=asked,
        )


class NodeNotFound(NotFound):
    """No repository, affiliation, topic, venue or source has this id."""

    kind = "node-not-found"

    def __init__(self, label: str, asked: str) -> None:
        super().__init__(f"no {label.lower()} {asked!r}", label=label, asked=asked)


class ReportNotFound(NotFound):
    """No report has this name; `names` are those that exist."""

    kind = "report-not-found"

    def __init__(self, asked: str, names: Sequence[str]) -> None:
        super().__init__(
            f"no report {asked!r}; list them with: coauthor-graph report --list, or GET /reports",
            asked=asked,
            names=list(names),
        )


class DecisionTargetNotFound(NotFound):
    """A decision names nothing of this graph: no name, mention, paper or decision."""

    kind = "decision-target-not-found"

    def __init__(self, asked: str) -> None:
        super().__init__(f"no name, mention, paper or decision {asked!r}", asked=asked)


class Conflict(GraphServiceError):
    """The question is sound, but the graph's present state does not allow one answer."""

    kind = "conflict"


class AmbiguousName(Conflict):
    """A name fits several authors; ask again with one of the ids in `candidates`."""

    kind = "ambiguous-name"

    def __init__(self, asked: str, candidates: Sequence[Mapping[str, object]]) -> None:
        ids = ", ".join(str(candidate["id"]) for candidate in candidates)
        super().__init__(
            f"{asked!r} fits {len(candidates)} authors; ask with one of these ids: {ids}",
            asked=asked,
            candidates=list(candidates),
        )


class AmbiguousTitle(Conflict):
    """A title fits several papers; ask again with one of the ids in `candidates`."""

    kind = "ambiguous-title"

    def __init__(self, asked: str, candidates: Sequence[Mapping[str, object]]) -> None:
        ids = ", ".join(str(candidate["id"]) for candidate in candidates)
        super().__init__(
            f"{asked!r} fits {len(candidates)} papers; ask with one of these ids: {ids}",
            asked=asked,
            candidates=list(candidates),
        )


class Moved(Conflict):
    """An id of before, or another name of the same; it now has the id in `merged_into`."""

    kind = "moved"

    def __init__(self, asked: str, merged_into: str) -> None:
        super().__init__(f"{asked!r} is now {merged_into!r}", asked=asked, merged_into=merged_into)


class DecisionConflict(Conflict):
    """A decision contradicts the log or the facts; `contradicted` says which part."""

    kind = "decision-conflict"

    def __init__(self, reason: str, contradicted: Sequence[str]) -> None:
        super().__init__(
            f"the decision was not written: {reason} ({', '.join(contradicted)})",
            reason=reason,
            contradicted=list(contradicted),
        )


class NotDerived(Conflict):
    """The answer needs the derived layer, which is missing or half-written."""

    kind = "not-derived"

    def __init__(self, state: str, *, parts: Sequence[str] = ()) -> None:
        remedy = "run: coauthor-graph derive"
        what = {"none": "missing", "incomplete": "half-written"}.get(state, state)
        what = f"{what} and lacks {', '.join(parts)}" if parts else what
        super().__init__(
            f"the derived layer is {what}; {remedy}", state=state, parts=list(parts), remedy=remedy
        )


class CursorExpired(Conflict):
    """A page's cursor belongs to an older revision of the graph; start again without it."""

    kind = "cursor-expired"

    def __init__(self, cursor_revision: str, facts_revision: str) -> None:
        super().__init__(
            "the graph changed since this cursor was made; ask again without cursor",
            cursor_revision=cursor_revision,
            facts_revision=facts_revision,
        )


class ReportUnsupported(GraphServiceError):
    """This store cannot answer a report that another one can."""

    kind = "report-unsupported"

    def __init__(self, report: str, store: str, reason: str) -> None:
        super().__init__(
            f"{store} cannot answer {report}: {reason}; ask a Neo4j store",
            report=report,
            store=store,
            reason=reason,
        )


class StoreError(GraphServiceError):
    """The store cannot do its work."""

    kind = "store"


class SchemaMismatch(StoreError):
    """The store was written by another version of the schema."""

    kind = "schema-mismatch"

    def __init__(self, store: str, found: object, expected: object) -> None:
        super().__init__(
            f"{store} holds schema version {found}, this program needs {expected}; "
            "export it with the program that wrote it, then import into a new store",
            store=store,
            found=found,
            expected=expected,
        )


class StoreUnavailable(StoreError):
    """The store does not answer; a retry may help."""

    kind = "store-unavailable"


class StoreBusy(StoreError):
    """Another writer is at work on this store; one writer at a time."""

    kind = "store-busy"

    def __init__(self, store: str) -> None:
        super().__init__(
            f"{store} is being written by another process; wait for it to end, then run again",
            store=store,
        )


class StoreCorrupt(StoreError):
    """What the store holds is not what this program wrote."""

    kind = "store-corrupt"


class QueryTimeout(StoreError):
    """A question ran into its time limit."""

    kind = "query-timeout"
