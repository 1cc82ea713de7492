"""Which of several sources is believed, where they say different things of one paper.

The order is by format: who makes such records checks what he says, or takes it from somebody who
does. It decides field by field which value stands; every value stays in its record.
"""

FORMAT_ORDER = (
    # Publishers and the field's own editors say what they print.
    "acl-anthology",
    "jats",
    "crossref",
    "pubmed",
    "nbib",
    "dblp",
    # Authors say what they put there.
    "arxiv",
    "arxiv-atom",
    "arxiv-oai",
    "arxiv-dump",
    # What somebody keeps for their own use.
    "json-lines",
    "bibtex",
    "ris",
    "csl-json",
    "endnote-xml",
    # Gathered by machine from the others.
    "openalex",
    "semantic-scholar",
    "profile-page",
    # Read off the printed page by machine.
    "grobid-tei",
    "s2orc",
    "unarxive",
)
_RANK = {name: rank for rank, name in enumerate(FORMAT_ORDER)}


def rank_of_format(name: str) -> int:
    """The place of a format, from 0; one that is not known comes last."""
    return _RANK.get(name, len(FORMAT_ORDER))
