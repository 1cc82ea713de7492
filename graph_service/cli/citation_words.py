"""A citation in words."""

from collections.abc import Iterator

from graph_service.model.citation_answers import CitedPaper
from graph_service.model.path_answers import CitationOfStep


def words_of_citation(one: CitedPaper | CitationOfStep) -> Iterator[str]:
    """Say what for, and how often; nothing of what is not known."""
    if one.intent:
        yield one.intent
    if one.in_text is not None:
        yield "once in the text" if one.in_text == 1 else f"{one.in_text} times in the text"
