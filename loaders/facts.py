"""From what a loader read to the records that a store keeps; pure, one record at a time."""

from collections.abc import Iterable

from graph_service.model.ids import topic_id
from graph_service.model.names import display_order, name_key
from graph_service.model.records import (
    Mention,
    Organisation,
    PaperRecord,
    ParsedAuthor,
    ParsedPaper,
    ParsedPerson,
    ParsedSource,
    PersonRecord,
    Record,
    Reference,
    RepositoryLink,
    SourceRecord,
    how_little_is_said,
    organisation_id,
)
from graph_service.model.repositories import find_repositories


def to_facts(parsed: ParsedPaper | ParsedSource | ParsedPerson) -> Record:
    """Turn what a source says into a record.

    Repositories are those given and those that the abstract names, each once, in order. The
    page's subject is an author of every paper: where the name is not printed, a mention without
    position is added. Where it is printed twice nobody can say which of the two it is, so
    nothing is added. Organisations and topics that fold to one id are kept once, and so is a
    work that is referred to twice; a reference to itself is dropped.
    """
    if isinstance(parsed, ParsedSource):
        return SourceRecord(**parsed.model_dump())
    if isinstance(parsed, ParsedPerson):
        said = {**parsed.model_dump(), "identifiers": _sorted(parsed.identifiers)}
        return PersonRecord(**said)

    mentions = [_mention(author, at) for at, author in enumerate(parsed.authors, start=1)]
    if parsed.subject is not None:
        subject = name_key(parsed.subject)
        if all(mention.key != subject for mention in mentions):
            mentions.append(Mention(name=parsed.subject))
    text = "\n".join((*parsed.repositories, parsed.abstract or ""))
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
        identifiers=_sorted(parsed.identifiers),
        versions=parsed.versions,
        relations=tuple(
            sorted(set(parsed.relations), key=lambda relation: (relation.kind, relation.to))
        ),
        group_authors=parsed.group_authors,
        affiliations=_organisations(parsed.affiliations),
        topics=tuple(topics[node_id] for node_id in sorted(topics)),
        locations=parsed.locations,
        locator=parsed.locator,
        mentions=tuple(mentions),
        repositories=tuple(
            RepositoryLink(id=repository.id, name=repository.name)
            for repository in find_repositories(text)
        ),
        references=_references(parsed),
        references_unidentified=parsed.references_unidentified,
        references_complete=parsed.references_complete,
    )


def _sorted(identifiers: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(set(identifiers)))


def _mention(author: ParsedAuthor, position: int) -> Mention:
    if author.model_fields_set == _NAME_ONLY:
        return Mention(name=author.name, position=position)
    # Parts that say no more than the name are left out.
    parts = (author.family, author.given, author.suffix)
    family, given, suffix = parts if author.key != name_key(author.name) else (None, None, None)
    return Mention(
        name=author.name,
        family=family,
        given=given,
        suffix=suffix,
        identifiers=_sorted(author.identifiers),
        orcid_authenticated=author.orcid_authenticated,
        affiliations=_organisations(author.affiliations),
        is_corresponding=author.is_corresponding,
        roles=_sorted(author.roles),
        position=position,
    )


_NAME_ONLY = {"name"}


def _organisations(given: Iterable[Organisation]) -> tuple[Organisation, ...]:
    """Each once by its id, ascending; of one named twice the first by what is said, then name."""
    ordered = sorted(given, key=lambda one: (one.country is None, display_order(one.name)))
    found: dict[str, Organisation] = {}
    for one in ordered:
        kept = Organisation(
            name=one.name, identifiers=_sorted(one.identifiers), country=one.country
        )
        found.setdefault(organisation_id(one), kept)
    return tuple(found[node_id] for node_id in sorted(found))


def _references(parsed: ParsedPaper) -> tuple[Reference, ...]:
    """Each work once, by its id; of several references to one the first by what they say."""
    ordered = sorted(
        parsed.references,
        key=lambda one: (
            one.to,
            how_little_is_said(one.intent, one.influential, one.in_text),
        ),
    )
    firsts: dict[str, Reference] = {}
    for reference in ordered:
        if reference.to != f"{parsed.source}:{parsed.key}":
            firsts.setdefault(reference.to, reference)
    return tuple(firsts.values())
