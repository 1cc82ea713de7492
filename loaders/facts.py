"""From what a loader read to the records that a store keeps; pure, one record at a time."""

from graph_service.model.ids import affiliation_id, topic_id
from graph_service.model.names import display_order, name_key
from graph_service.model.records import (
    Mention,
    PaperRecord,
    ParsedPaper,
    ParsedSource,
    Record,
    Reference,
    RepositoryLink,
    SourceRecord,
)
from graph_service.model.repositories import find_repositories


def to_facts(parsed: ParsedPaper | ParsedSource) -> Record:
    """Turn what a source says into a record.

    Repositories are those given and those that the abstract names, each once, in order. The
    page's subject is an author of every paper: where the name is not printed, a mention without
    position is added. Where it is printed twice nobody can say which of the two it is, so
    nothing is added. Organisations and topics that fold to one id are kept once, and so is a
    work that is referred to twice; a reference to itself is dropped.
    """
    if isinstance(parsed, ParsedSource):
        return SourceRecord(**parsed.model_dump())

    mentions = [
        Mention(name=author.name, position=position)
        for position, author in enumerate(parsed.authors, start=1)
    ]
    if parsed.subject is not None:
        subject = name_key(parsed.subject)
        if all(mention.key != subject for mention in mentions):
            mentions.append(Mention(name=parsed.subject))
    text = "\n".join((*parsed.repositories, parsed.abstract or ""))
    affiliations: dict[str, str] = {}
    for name in sorted(parsed.affiliations, key=display_order):
        affiliations.setdefault(affiliation_id(name), name)
    topics = {topic_id(topic.scheme, topic.name): topic for topic in reversed(parsed.topics)}
    return PaperRecord(
        source=parsed.source,
        key=parsed.key,
        format=parsed.format,
        title=parsed.title,
        date=parsed.date,
        abstract=parsed.abstract,
        kind=parsed.kind,
        venue=parsed.venue,
        authors_complete=parsed.authors_complete,
        has_code=parsed.has_code,
        affiliations=tuple(affiliations[node_id] for node_id in sorted(affiliations)),
        topics=tuple(topics[node_id] for node_id in sorted(topics)),
        locator=parsed.locator,
        mentions=tuple(mentions),
        repositories=tuple(
            RepositoryLink(id=repository.id, name=repository.name)
            for repository in find_repositories(text)
        ),
        references=_references(parsed),
        references_complete=parsed.references_complete,
    )


def _references(parsed: ParsedPaper) -> tuple[Reference, ...]:
    """Each work once, by its id; of several references to one the first by what they say."""
    ordered = sorted(
        parsed.references,
        key=lambda one: (
            one.to,
            one.intent is None,
            one.intent or "",
            one.influential is None,
            not one.influential,
            one.in_text is None,
            -(one.in_text or 0),
        ),
    )
    firsts: dict[str, Reference] = {}
    for reference in ordered:
        if reference.to != f"{parsed.source}:{parsed.key}":
            firsts.setdefault(reference.to, reference)
    return tuple(firsts.values())
