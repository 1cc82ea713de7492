"""The bibliography written in each format that is read: files to time loaders on.

Records hold what such files usually hold, and are about as long as real ones: title, people, year,
venue, identifiers, and where the format has them an abstract, affiliations and references. What is
loaded of a record is less than what stands there, as in real files.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import orjson

from graph_service.model.records import PaperRecord
from tests.bench.bibliography import bibliography

CITED = 30
PLACES = ("University of Looms", "Institute for Yarn", "Mill and Sons", "Weavers' College")


@dataclass(frozen=True, slots=True)
class Paper:
    """What of a paper is written; `people` are (given, family)."""

    number: int
    title: str
    year: int
    venue: str
    abstract: str
    people: list[tuple[str, str]]

    @property
    def doi(self) -> str:
        """Its DOI."""
        return doi_of(self.number)

    @property
    def cited(self) -> list[int]:
        """The numbers of the papers that it refers to."""
        return [self.number * 7 % 9_973 + step * 101 for step in range(CITED)]


def doi_of(number: int) -> str:
    """The DOI of a paper."""
    return f"10.5555/invented.{number}"


def arxiv_of(number: int) -> str:
    """The arXiv id of a paper."""
    return f"{20 + number // 1_200_000:02}{number // 100_000 % 12 + 1:02}.{number % 100_000:05}"


def papers(count: int) -> Iterator[Paper]:
    """The first papers of the bibliography of seed 0."""
    for number, record in enumerate(bibliography(count)):
        assert isinstance(record, PaperRecord)
        yield Paper(
            number=number,
            title=record.title,
            year=int(record.date or 0),
            venue=record.venue or "",
            abstract=record.abstract or "",
            people=[(given, family) for given, family in (m.name.split() for m in record.mentions)],
        )


@dataclass(frozen=True, slots=True)
class Form:
    """How a format is written: `one` makes a record, `head` and `tail` stand around all of them.

    `each_in_a_file`: a file holds one paper. `peer` is what takes the text apart without making a
    paper of it: orjson for "lines" of JSON or an "array", lxml for "xml" (whose records are called
    `record`), the libraries "rispy" and "bibtexparser", or nothing.
    """

    one: Callable[[Paper], str]
    head: str = ""
    between: str = "\n"
    tail: str = "\n"
    ending: str = "xml"
    each_in_a_file: bool = False
    peer: str = ""
    record: str = ""


def write(form: Form, count: int, folder: Path) -> list[Path]:
    """Write so many papers, into one file or one each."""
    if form.each_in_a_file:
        paths = []
        for paper in papers(count):
            path = folder / f"{paper.number}.{form.ending}"
            path.write_text(form.head + form.one(paper) + form.tail, encoding="utf-8")
            paths.append(path)
        return paths
    path = folder / f"all.{form.ending}"
    with path.open("w", encoding="utf-8") as file:
        file.write(form.head)
        for paper in papers(count):
            file.write((form.between if paper.number else "") + form.one(paper))
        file.write(form.tail)
    return [path]


def _json(value: dict[str, Any]) -> str:
    return orjson.dumps(value).decode()


def _tags(tag: str, values: Iterable[str]) -> str:
    return "".join(f"<{tag}>{escape(value)}</{tag}>" for value in values)


def _place(paper: Paper, at: int) -> str:
    return PLACES[(paper.number + at) % len(PLACES)]


def _json_lines(paper: Paper) -> str:
    return _json(
        {
            "source": "invented",
            "key": f"p{paper.number}",
            "format": "invented",
            "title": paper.title,
            "date": str(paper.year),
            "venue": paper.venue,
            "abstract": paper.abstract,
            "identifiers": [f"doi:{paper.doi}"],
            "authors": [{"name": f"{given} {family}"} for given, family in paper.people],
        }
    )


def _openalex(paper: Paper) -> str:
    """A line of a snapshot: some 16 kB, most of it of no use here."""
    at = "https://openalex.org/"
    index: dict[str, list[int]] = {}
    for place, word in enumerate(paper.abstract.split()):
        index.setdefault(word, []).append(place)
    location = {
        "is_oa": True,
        "landing_page_url": f"https://doi.org/{paper.doi}",
        "pdf_url": None,
        "source": {
            "id": f"{at}S{paper.number % 900 + 1}",
            "display_name": paper.venue,
            "issn_l": "1234-5678",
            "issn": ["1234-5678"],
            "is_oa": False,
            "is_in_doaj": False,
            "host_organization": f"{at}P4310320990",
            "host_organization_name": "Invented Press",
            "host_organization_lineage": [f"{at}P4310320990"],
            "type": "conference",
        },
        "license": "cc-by",
        "version": "publishedVersion",
        "is_accepted": True,
        "is_published": True,
    }
    topics = [
        {
            "id": f"{at}T{1000 + topic}",
            "display_name": f"Weaving of {paper.venue.split()[-1]} {topic}",
            "score": 0.99 - topic / 10,
            "subfield": {"id": f"{at}subfields/{topic}", "display_name": "Looms"},
            "field": {"id": f"{at}fields/{topic}", "display_name": "Crafts"},
            "domain": {"id": f"{at}domains/{topic}", "display_name": "Arts"},
        }
        for topic in range(3)
    ]
    people = [
        {
            "author_position": "first" if not at_ else "middle",
            "author": {
                "id": f"{at}A{sum(map(ord, given + family)) * 7919 % 10**9}",
                "display_name": f"{given} {family}",
                "orcid": None,
            },
            "institutions": [
                {
                    "id": f"{at}I{(paper.number + at_) % 4 + 1}",
                    "display_name": _place(paper, at_),
                    "ror": f"https://ror.org/0{(paper.number + at_) % 4}abcde12",
                    "country_code": "NO",
                    "type": "education",
                    "lineage": [f"{at}I{(paper.number + at_) % 4 + 1}"],
                }
            ],
            "countries": ["NO"],
            "is_corresponding": not at_,
            "raw_author_name": f"{given} {family}",
            "raw_affiliation_strings": [f"{_place(paper, at_)}, Fjord Road 1, Norway"],
        }
        for at_, (given, family) in enumerate(paper.people)
    ]
    concepts = [
        {
            "id": f"{at}C{concept}",
            "wikidata": f"https://www.wikidata.org/wiki/Q{concept}",
            "display_name": f"Concept of looms {concept}",
            "level": concept % 4,
            "score": concept / 20,
        }
        for concept in range(20)
    ]
    return _json(
        {
            "id": f"{at}W{paper.number + 1}",
            "doi": f"https://doi.org/{paper.doi}",
            "title": paper.title,
            "display_name": paper.title,
            "publication_year": paper.year,
            "publication_date": f"{paper.year}-06-01",
            "ids": {"openalex": f"{at}W{paper.number + 1}", "doi": f"https://doi.org/{paper.doi}"},
            "language": "en",
            "primary_location": location,
            "type": "article",
            "type_crossref": "journal-article",
            "indexed_in": ["crossref"],
            "open_access": {"is_oa": True, "oa_status": "gold", "oa_url": None},
            "authorships": people,
            "is_authors_truncated": False,
            "cited_by_count": 12,
            "primary_topic": topics[0],
            "topics": topics,
            "keywords": [{"id": f"{at}keywords/k{k}", "display_name": f"key {k}", "score": 0.5} for k in range(5)],
            "concepts": concepts,
            "mesh": [],
            "locations": [location] * 3,
            "best_oa_location": location,
            "sustainable_development_goals": [{"id": f"{at}sdgs/9", "display_name": "Industry", "score": 0.4}],
            "grants": [],
            "referenced_works": [f"{at}W{number + 1}" for number in paper.cited],
            "related_works": [f"{at}W{number + 2}" for number in paper.cited[:10]],
            "abstract_inverted_index": index,
            "counts_by_year": [{"year": year, "cited_by_count": 2} for year in range(2012, 2024)],
            "updated_date": "2024-08-01T00:00:00.000000",
            "created_date": "2020-01-01",
        }
    )  # fmt: skip


def _semantic_scholar(paper: Paper) -> str:
    return _json(
        {
            "paperId": f"{paper.number:040x}",
            "externalIds": {"DOI": paper.doi, "CorpusId": paper.number},
            "title": paper.title,
            "abstract": paper.abstract,
            "venue": paper.venue,
            "year": paper.year,
            "referenceCount": CITED,
            "authors": [
                {"authorId": str(sum(map(ord, given + family)) * 7919), "name": f"{given} {family}"}
                for given, family in paper.people
            ],
            "fieldsOfStudy": ["Computer Science"],
            "references": [
                {
                    "isInfluential": number % 5 == 0,
                    "intents": ["background"],
                    "citedPaper": {"paperId": f"{number:040x}", "title": f"A paper {number}"},
                }
                for number in paper.cited
            ],
        }
    )


def _crossref(paper: Paper) -> str:
    return _json(
        {
            "DOI": paper.doi,
            "URL": f"https://doi.org/{paper.doi}",
            "type": "journal-article",
            "title": [paper.title],
            "container-title": [paper.venue],
            "issued": {"date-parts": [[paper.year, 6, 1]]},
            "publisher": "Invented Press",
            "abstract": f"<jats:p>{paper.abstract}</jats:p>",
            "author": [
                {
                    "given": given,
                    "family": family,
                    "sequence": "additional",
                    "affiliation": [{"name": _place(paper, at)}],
                }
                for at, (given, family) in enumerate(paper.people)
            ],
            "reference": [
                {"key": f"ref{number}", "DOI": doi_of(number), "doi-asserted-by": "publisher"}
                for number in paper.cited
            ],
            "reference-count": CITED,
        }
    )


def _csl(paper: Paper) -> str:
    return _json(
        {
            "id": f"p{paper.number}",
            "type": "article-journal",
            "title": paper.title,
            "container-title": paper.venue,
            "issued": {"date-parts": [[paper.year]]},
            "DOI": paper.doi,
            "abstract": paper.abstract,
            "author": [{"given": given, "family": family} for given, family in paper.people],
        }
    )


def _dblp(paper: Paper) -> str:
    start = paper.number % 900 + 1
    return (
        f'<inproceedings mdate="2024-01-01" key="conf/inv/p{paper.number}">\n'
        + "".join(f"<author>{given} {family}</author>\n" for given, family in paper.people)
        + f"<title>{escape(paper.title)}.</title>\n<pages>{start}-{start + 8}</pages>\n"
        f"<year>{paper.year}</year>\n<booktitle>{escape(paper.venue)}</booktitle>\n"
        f"<ee>https://doi.org/{paper.doi}</ee>\n<crossref>conf/inv/{paper.year}</crossref>\n"
        f"<url>db/conf/inv/inv{paper.year}.html#p{paper.number}</url>\n</inproceedings>"
    )


def _acl(paper: Paper) -> str:
    people = "".join(
        f"<author><first>{given}</first><last>{family}</last></author>"
        for given, family in paper.people
    )
    return (
        f'<paper id="{paper.number + 1}"><title>{escape(paper.title)}</title>{people}'
        f"<abstract>{escape(paper.abstract)}</abstract><url>2020.inv-1.{paper.number + 1}</url>"
        f"<doi>{paper.doi}</doi></paper>"
    )


def _arxiv_atom(paper: Paper) -> str:
    return (
        f"<entry><id>http://arxiv.org/abs/{arxiv_of(paper.number)}v1</id>"
        f"<published>{paper.year}-06-01T01:02:03Z</published>"
        f"<updated>{paper.year}-06-01T01:02:03Z</updated><title>{escape(paper.title)}</title>"
        f"<summary>{escape(paper.abstract)}</summary>"
        + "".join(f"<author><name>{g} {f}</name></author>" for g, f in paper.people)
        + '<arxiv:primary_category term="cs.LG"/><category term="cs.LG"/></entry>'
    )


def _arxiv_oai(paper: Paper) -> str:
    people = "".join(
        f"<author><keyname>{family}</keyname><forenames>{given}</forenames></author>"
        for given, family in paper.people
    )
    return (
        f"<record><header><identifier>oai:arXiv.org:{arxiv_of(paper.number)}</identifier></header>"
        '<metadata><arXiv xmlns="http://arxiv.org/OAI/arXiv/">'
        f"<id>{arxiv_of(paper.number)}</id><created>{paper.year}-06-01</created>"
        f"<authors>{people}</authors><title>{escape(paper.title)}</title>"
        f"<categories>cs.LG cs.CV</categories><abstract>{escape(paper.abstract)}</abstract>"
        "</arXiv></metadata></record>"
    )


def _arxiv_dump(paper: Paper) -> str:
    return _json(
        {
            "id": arxiv_of(paper.number),
            "title": paper.title,
            "abstract": f"  {paper.abstract}\n",
            "authors_parsed": [[family, given, ""] for given, family in paper.people],
            "versions": [{"version": "v1", "created": f"Mon, 1 Jun {paper.year} 01:02:03 GMT"}],
            "categories": "cs.LG cs.CV",
            "doi": paper.doi,
            "comments": "10 pages",
        }
    )


def _jats(paper: Paper) -> str:
    people = "".join(
        '<contrib contrib-type="author"><name>'
        f"<surname>{family}</surname><given-names>{given}</given-names></name>"
        f'<xref ref-type="aff" rid="a{at % 4}"/></contrib>'
        for at, (given, family) in enumerate(paper.people)
    )
    places = "".join(f'<aff id="a{at}">{escape(place)}</aff>' for at, place in enumerate(PLACES))
    body = "".join(
        f'<p>{escape(paper.abstract)} <xref ref-type="bibr" rid="b{at}">{at}</xref></p>'
        for at in range(CITED)
    )
    listed = "".join(
        f'<ref id="b{at}"><element-citation><pub-id pub-id-type="doi">{doi_of(number)}</pub-id>'
        "</element-citation></ref>"
        for at, number in enumerate(paper.cited)
    )
    return (
        '<article article-type="research-article"><front><journal-meta><journal-title-group>'
        f"<journal-title>{escape(paper.venue)}</journal-title></journal-title-group>"
        f'</journal-meta><article-meta><article-id pub-id-type="doi">{paper.doi}</article-id>'
        f"<title-group><article-title>{escape(paper.title)}</article-title></title-group>"
        f"<contrib-group>{people}</contrib-group>{places}<pub-date><year>{paper.year}</year>"
        f"</pub-date><abstract><p>{escape(paper.abstract)}</p></abstract></article-meta></front>"
        f"<body>{body}</body><back><ref-list>{listed}</ref-list></back></article>"
    )


def _pubmed(paper: Paper) -> str:
    people = "".join(
        f'<Author ValidYN="Y"><LastName>{family}</LastName><ForeName>{given}</ForeName>'
        f"<Initials>{given[:1]}</Initials><AffiliationInfo><Affiliation>{escape(_place(paper, at))}."
        "</Affiliation></AffiliationInfo></Author>"
        for at, (given, family) in enumerate(paper.people)
    )
    cited = "".join(
        f'<Reference><ArticleIdList><ArticleId IdType="pubmed">{number + 1}</ArticleId>'
        "</ArticleIdList></Reference>"
        for number in paper.cited
    )
    return (
        f'<PubmedArticle><MedlineCitation><PMID Version="1">{paper.number + 1}</PMID>'
        f"<Article><Journal><JournalIssue><PubDate><Year>{paper.year}</Year></PubDate>"
        f"</JournalIssue><Title>{escape(paper.venue)}</Title></Journal>"
        f"<ArticleTitle>{escape(paper.title)}.</ArticleTitle><Abstract>"
        f'{_tags("AbstractText", [paper.abstract])}</Abstract><AuthorList CompleteYN="Y">{people}'
        "</AuthorList></Article></MedlineCitation><PubmedData><ArticleIdList>"
        f'<ArticleId IdType="doi">{paper.doi}</ArticleId></ArticleIdList>'
        f"<ReferenceList>{cited}</ReferenceList></PubmedData></PubmedArticle>"
    )


def _endnote(paper: Paper) -> str:
    people = _tags("author", (f"{family}, {given}" for given, family in paper.people))
    return (
        f'<record><rec-number>{paper.number + 1}</rec-number><ref-type name="Journal Article">17'
        f"</ref-type><contributors><authors>{people}</authors></contributors><titles>"
        f"{_tags('title', [paper.title])}{_tags('secondary-title', [paper.venue])}</titles>"
        f"<dates><year>{paper.year}</year></dates>{_tags('abstract', [paper.abstract])}"
        f"<electronic-resource-num>{paper.doi}</electronic-resource-num></record>"
    )


def _grobid(paper: Paper) -> str:
    people = "".join(
        f"<author><persName><forename>{given}</forename><surname>{family}</surname></persName>"
        f'<affiliation><orgName type="institution">{escape(_place(paper, at))}</orgName>'
        "</affiliation></author>"
        for at, (given, family) in enumerate(paper.people)
    )
    marks = "".join(
        f'<p>{escape(paper.abstract)}<ref type="bibr" target="#b{at}"/></p>' for at in range(CITED)
    )
    entries = "".join(
        f'<biblStruct xml:id="b{at}"><idno type="DOI">{doi_of(number)}</idno></biblStruct>'
        for at, number in enumerate(paper.cited)
    )
    return (
        '<TEI xmlns="http://www.tei-c.org/ns/1.0"><teiHeader><fileDesc><titleStmt>'
        f"{_tags('title', [paper.title])}</titleStmt><sourceDesc><biblStruct><analytic>{people}"
        f'</analytic><monogr><imprint><date when="{paper.year}"/></imprint></monogr>'
        f'<idno type="DOI">{paper.doi}</idno></biblStruct></sourceDesc></fileDesc><profileDesc>'
        f"<abstract><p>{escape(paper.abstract)}</p></abstract></profileDesc></teiHeader>"
        f"<text><body>{marks}</body><back><listBibl>{entries}</listBibl></back></text></TEI>"
    )


def _s2orc(paper: Paper) -> str:
    return _json(
        {
            "paper_id": f"p{paper.number}",
            "title": paper.title,
            "authors": [
                {
                    "first": given,
                    "middle": [],
                    "last": family,
                    "suffix": "",
                    "affiliation": {"institution": _place(paper, at), "location": {}},
                    "email": "",
                }
                for at, (given, family) in enumerate(paper.people)
            ],
            "year": str(paper.year),
            "venue": paper.venue,
            "identifiers": {"doi": paper.doi},
            "abstract": paper.abstract,
            "pdf_parse": {
                "body_text": [
                    {"text": paper.abstract, "cite_spans": [{"ref_id": f"BIBREF{at}"}]}
                    for at in range(CITED)
                ],
                "bib_entries": {
                    f"BIBREF{at}": {
                        "title": f"A paper {number}",
                        "other_ids": {"DOI": [doi_of(number)]},
                    }
                    for at, number in enumerate(paper.cited)
                },
            },
        }
    )


def _unarxive(paper: Paper) -> str:
    return _json(
        {
            "paper_id": arxiv_of(paper.number),
            "metadata": {
                "id": arxiv_of(paper.number),
                "title": paper.title,
                "authors_parsed": [[family, given, ""] for given, family in paper.people],
                "abstract": paper.abstract,
                "categories": "cs.LG",
                "versions": [{"version": "v1", "created": f"Mon, 1 Jun {paper.year} 01:02:03 GMT"}],
            },
            "discipline": "Computer Science",
            "abstract": {"text": paper.abstract},
            "body_text": [
                {
                    "section": "Weaving",
                    "text": f"{paper.abstract} {{{{cite:{at}}}}}",
                    "cite_spans": [{"ref_id": str(at)}],
                }
                for at in range(CITED)
            ],
            "bib_entries": {
                str(at): {"bib_entry_raw": f"A paper {number}", "ids": {"doi": doi_of(number)}}
                for at, number in enumerate(paper.cited)
            },
            "ref_entries": {},
        }
    )


def _bibtex(paper: Paper) -> str:
    people = " and ".join(f"{family}, {given}" for given, family in paper.people)
    return (
        f"@article{{p{paper.number},\n  author = {{{people}}},\n  title = {{{paper.title}}},\n"
        f"  journal = {{{paper.venue}}},\n  year = {{{paper.year}}},\n"
        f"  abstract = {{{paper.abstract}}},\n  doi = {{{paper.doi}}}\n}}"
    )


def _tagged(paper: Paper, tags: dict[str, str], end: str) -> str:
    """RIS and NBIB: a tag a line."""
    lines = [f"{tags['id']}{paper.number + 1}"] if "id" in tags else []
    lines += [f"{tags['title']}{paper.title}", f"{tags['abstract']}{paper.abstract}"]
    lines += [f"{tags['author']}{family}, {given}" for given, family in paper.people]
    lines += [f"{tags['venue']}{paper.venue}", f"{tags['year']}{paper.year}"]
    lines += [f"{tags['doi']}{paper.doi}{tags.get('doi_end', '')}"]
    return "\n".join(lines) + end


def _ris(paper: Paper) -> str:
    tags = {
        "title": "TI  - ", "abstract": "AB  - ", "author": "AU  - ", "venue": "JO  - ",
        "year": "PY  - ", "doi": "DO  - ",
    }  # fmt: skip
    return "TY  - JOUR\n" + _tagged(paper, tags, "\nER  - \n")


def _nbib(paper: Paper) -> str:
    tags = {
        "id": "PMID- ", "title": "TI  - ", "abstract": "AB  - ", "author": "FAU - ",
        "venue": "JT  - ", "year": "DP  - ", "doi": "AID - ", "doi_end": " [doi]",
    }  # fmt: skip
    return _tagged(paper, tags, "\n")


_XML = '<?xml version="1.0" encoding="UTF-8"?>\n'
_ATOM = 'xmlns="http://www.w3.org/2005/Atom" xmlns:arxiv="http://arxiv.org/schemas/atom"'
_META = "<meta><booktitle>Looms</booktitle><year>2020</year></meta>"

FORMS: dict[str, Form] = {
    "json-lines": Form(_json_lines, ending="jsonl", peer="lines"),
    "openalex": Form(_openalex, ending="jsonl", peer="lines"),
    "semantic-scholar": Form(_semantic_scholar, ending="jsonl", peer="lines"),
    "crossref": Form(_crossref, ending="jsonl", peer="lines"),
    "csl-json": Form(_csl, "[", ",\n", "]\n", "json", peer="array"),
    "dblp": Form(
        _dblp,
        _XML + '<!DOCTYPE dblp SYSTEM "dblp.dtd">\n<dblp>\n',
        tail="\n</dblp>\n",
        peer="xml",
        record="inproceedings",
    ),
    "acl-anthology": Form(
        _acl,
        _XML + f'<collection id="2020.inv"><volume id="1">{_META}\n',
        tail="</volume></collection>\n",
        peer="xml",
        record="paper",
    ),
    "arxiv-atom": Form(
        _arxiv_atom,
        _XML + f"<feed {_ATOM}><id>http://arxiv.org/api/invented</id>\n",
        tail="</feed>\n",
        peer="xml",
        record="entry",
    ),
    "arxiv-oai": Form(
        _arxiv_oai,
        _XML + '<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/">'
        "<request>http://export.arxiv.org/oai2</request><ListRecords>\n",
        tail="</ListRecords></OAI-PMH>\n",
        peer="xml",
        record="record",
    ),
    "arxiv-dump": Form(_arxiv_dump, ending="jsonl", peer="lines"),
    "jats": Form(_jats, _XML, each_in_a_file=True, peer="xml", record="article"),
    "pubmed": Form(
        _pubmed,
        _XML + "<PubmedArticleSet>\n",
        tail="</PubmedArticleSet>\n",
        peer="xml",
        record="PubmedArticle",
    ),
    "endnote-xml": Form(
        _endnote,
        _XML + "<xml><records>\n",
        tail="</records></xml>\n",
        peer="xml",
        record="record",
    ),
    "grobid-tei": Form(_grobid, _XML, each_in_a_file=True, peer="xml", record="TEI"),
    "s2orc": Form(_s2orc, ending="jsonl", peer="lines"),
    "unarxive": Form(_unarxive, ending="jsonl", peer="lines"),
    "bibtex": Form(_bibtex, ending="bib", peer="bibtexparser"),
    "ris": Form(_ris, ending="ris", peer="rispy"),
    "nbib": Form(_nbib, ending="nbib"),
}
