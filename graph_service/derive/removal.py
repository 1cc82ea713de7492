"""Who is removed from view before clusters are sought, and by which rule."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from graph_service.model.errors import ParameterError
from graph_service.projection.reader import View
from graph_service.projection.subjects import SUBJECT, find_without, subjects

NOBODY = "none"
# A page's subject on more than this part of all papers makes the whole store a view of one person.
EGO_SHARE = 0.5
Rule = Literal["subject of more than half of all papers", "asked", "nobody"]


@dataclass(frozen=True, slots=True)
class Removal:
    """Author numbers, ascending, and why it is them."""

    authors: tuple[int, ...]
    rule: Rule


async def find_removal(view: View, asked: Sequence[str] = ()) -> Removal:
    """Find who is to be removed from view.

    Args:
        view: The graph.
        asked: Authors by id or name, or "subject" for the subject of every loaded profile page;
            "none" alone for nobody. Empty: the subjects of profile pages who are authors of more
            than half of all papers, as one page alone makes its subject one.

    Raises:
        ParameterError: A paper is asked for, or "none" beside others.
        AuthorNotFound, AmbiguousName, Moved: See `find_without`.
    """
    if not asked:
        papers = len(view.graph.paper_ids)
        egos = {
            subject.author
            for subject in await subjects(view)
            if len(view.graph.papers_of_author(subject.author)) > EGO_SHARE * papers
        }
        return Removal(
            tuple(sorted(egos)), "subject of more than half of all papers" if egos else "nobody"
        )
    if NOBODY in asked:
        if len(asked) > 1:
            raise ParameterError("without", ";".join(asked), f"{NOBODY} stands alone")
        return Removal((), "nobody")
    found = await find_without(view, asked)
    if found.papers:
        raise ParameterError("without", ";".join(asked), f"authors, {SUBJECT} or {NOBODY}")
    return Removal(found.authors, "asked" if found.authors else "nobody")
