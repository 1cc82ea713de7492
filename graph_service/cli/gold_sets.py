"""Reading sets whose people are known, as their publishers lay them out.

A folder holds the files, bare or in a tar archive. Nothing that the truth is made of (ids, variants
of names, ORCID iDs) enters the rows that the rules see.
"""

import csv
import json
import re
import tarfile
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from io import StringIO
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

import yaml
from lxml import etree

from graph_service.model.answers import Note
from graph_service.model.errors import InputError
from graph_service.model.identity_evaluation_answers import GoldName
from graph_service.model.names import fold
from graph_service.questions.identity_evaluation import GoldSet, JudgedPair, PrintedAuthor

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

AS_GIVEN = "people as the set gives them"
ALSO_EQUAL_NAMES = "names that differ in accents or case joined too"
# Initials as MEDLINE prints them: "JP" is J. P.
_RUN_OF_INITIALS = re.compile(r"[^\W\d_]{2,4}")
_OLD_COLLECTION = re.compile(r"[A-Z]\d\d")
_YEAR = re.compile(r"\b(1[89]\d\d|20\d\d)\b")


# What stands in the folder of a set, for who names another one.
_HOLDS: dict[GoldName, str] = {
    "acl": "files of the ACL Anthology in XML and name_variants.yaml, bare or in a tar archive",
    "orcid": "gold_clusters.json, splits.json and mentions_orcid_blind.jsonl",
    "inspire": "wang_signatures.json and wang_clusters.json",
    "medline": "a CSV of judged pairs and records of PubMed in XML, bare or in a tar archive",
    "s2and": "signatures.json, clusters.json and, if it has them, papers.json",
}


def read_gold_set(name: GoldName, folder: Path) -> GoldSet:
    """Read a set from its folder.

    Raises:
        InputError: A file is missing, or is not what the set holds.
    """
    if not folder.is_dir():
        raise InputError(f"{folder}: no such folder")
    try:
        return _READERS[name](folder)
    except (
        KeyError,
        TypeError,
        ValueError,
        AttributeError,
        IndexError,
        csv.Error,
        yaml.YAMLError,
        etree.XMLSyntaxError,
        tarfile.TarError,
        OSError,
        EOFError,
    ) as error:
        why = error if isinstance(error, OSError) else f"{type(error).__name__}: {error}"
        raise InputError(
            f"{folder}: is not the folder of the set {name}, which holds {_HOLDS[name]} ({why})"
        ) from error


# -- files --------------------------------------------------------------------------------


def _files(folder: Path) -> Iterator[tuple[PurePosixPath, bytes]]:
    """All files below a folder, those in tar archives too, by path."""
    for path in sorted(folder.rglob("*")):
        if not path.is_file():
            continue
        if ".tar" in path.suffixes:
            with tarfile.open(path) as archive:
                for member in archive:
                    if member.isfile() and (stream := archive.extractfile(member)) is not None:
                        yield PurePosixPath(member.name), stream.read()
        else:
            yield PurePosixPath(path.relative_to(folder).as_posix()), path.read_bytes()


def _json(folder: Path, name: str) -> Any:
    path = folder / name
    if not path.is_file():
        raise FileNotFoundError(f"{name} is missing")
    return json.loads(path.read_bytes())


def _xml(content: bytes) -> "Element":
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    return etree.fromstring(content, parser)


def _text(element: "Element | None") -> str:
    return "" if element is None else " ".join("".join(element.itertext()).split())


def _year(text: str | None) -> int | None:
    match = _YEAR.search(text or "")
    return int(match[1]) if match else None


# -- ACL Anthology ------------------------------------------------------------------------


def _acl(folder: Path) -> GoldSet:
    """Volumes in XML; the people are those of explicit ids and of `name_variants.yaml`."""
    gold = GoldSet("acl")
    variants: list[Mapping[str, Any]] | None = None
    printed: list[tuple[str, str, str, str | None]] = []
    for path, content in _files(folder):
        if path.name == "name_variants.yaml":
            variants = yaml.load(content, Loader=yaml.CSafeLoader)
        elif path.suffix == ".xml":
            for volume in _xml(content).iter("volume"):
                _acl_volume(gold, volume, printed)
    if variants is None or not printed:
        raise FileNotFoundError("the variants or the volumes are missing")

    of_name: dict[tuple[str, str], str] = {}
    of_id: dict[str, str] = {}
    for number, entry in enumerate(variants):
        person = f"entry {number}"
        if "id" in entry:
            of_id[entry["id"]] = person
        for one in (entry["canonical"], *entry.get("variants", ())):
            of_name.setdefault((one.get("first") or "", one["last"]), person)
    truth: dict[str, str] = {}
    for mention, first, last, explicit in printed:
        if explicit:
            truth[mention] = of_id.get(explicit, f"id {explicit}")
        else:
            truth[mention] = of_name.get((first, last), f"name {first} | {last}")
    gold.truths[AS_GIVEN] = dict(truth)
    gold.truths[ALSO_EQUAL_NAMES] = dict(_join_equal_names(gold, truth, printed))
    gold.notes.append(
        Note(
            code="incomplete-truth",
            text="the set's list of variants is incomplete, so precision against it is a lower "
            "bound; judge a sample of the merges by hand",
        )
    )
    return gold


def _acl_volume(
    gold: GoldSet, volume: "Element", printed: list[tuple[str, str, str, str | None]]
) -> None:
    collection = volume.getparent()
    of = "" if collection is None else collection.get("id", "")
    year = _year(volume.findtext("meta/year"))
    venue = _text(volume.find("meta/booktitle"))
    for paper in volume.iter("paper", "frontmatter"):
        authors = [
            (_text(one.find("first")), _text(one.find("last")), one.get("id"))
            for one in paper.findall("author")
        ]
        if authors:
            ids = gold.add_paper(
                _acl_id(of, volume.get("id", ""), paper.get("id", "0")),
                [PrintedAuthor(last, first) for first, last, _ in authors],
                year=year,
                title=_text(paper.find("title")),
                venue=venue,
            )
            printed += [(mention, *author) for mention, author in zip(ids, authors, strict=True)]


def _acl_id(collection: str, volume: str, paper: str) -> str:
    """The Anthology's id of a paper: `2020.acl-main.7`, or of before 2020 `P18-2096`."""
    if not _OLD_COLLECTION.fullmatch(collection):
        return f"{collection}-{volume}.{paper}"
    digits = 2 if collection[0] == "W" else len(volume)
    return f"{collection}-{volume.zfill(digits)}{paper.zfill(4 - digits)}"


def _join_equal_names(
    gold: GoldSet, truth: Mapping[str, str], printed: list[tuple[str, str, str, str | None]]
) -> dict[str, str]:
    """The truth with people joined whose names are equal, but for mentions with an explicit id."""
    parent: dict[str, str] = {}

    def root(person: str) -> str:
        while (above := parent.get(person, person)) != person:
            person = above
        return person

    explicit = {mention for mention, _, _, one in printed if one}
    first: dict[object, str] = {}
    for row in gold.mentions:
        if row.id not in explicit:
            person = truth[row.id]
            known = root(first.setdefault(row.key, person))
            if known != root(person):
                parent[root(person)] = known
    return {mention: root(person) for mention, person in truth.items()}


# -- ORCID and Crossref -------------------------------------------------------------------


def _orcid(folder: Path) -> GoldSet:
    """Mentions without their ORCID iDs; co-authors are those of one DOI."""
    gold = GoldSet("orcid")
    clusters: Mapping[str, list[str]] = _json(folder, "gold_clusters.json")["clusters"]
    splits = _json(folder, "splits.json")["splits"]
    person_of = {one: orcid for orcid, ids in clusters.items() for one in ids}
    papers: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    lines = (folder / "mentions_orcid_blind.jsonl").read_text(encoding="utf-8").splitlines()
    for line in lines:
        mention = json.loads(line)
        papers[mention["doi"] or mention["mention_id"]].append(mention)
    truth: dict[str, str] = {}
    for doi, mentions in papers.items():
        ids = gold.add_paper(
            doi,
            [
                PrintedAuthor(
                    one["lastname"] or one["raw_name"],
                    one["firstname"] if one["lastname"] else "",
                    affiliations=(one["affiliation"],) if one["affiliation"] else (),
                    name=one["raw_name"],
                )
                for one in mentions
            ],
            year=mentions[0]["year"],
        )
        for mention, one in zip(ids, mentions, strict=True):
            if one["mention_id"] in person_of:
                truth[mention] = person_of[one["mention_id"]]
    gold.truths[AS_GIVEN] = dict(truth)
    for split, listed in sorted(splits.items()):
        of_split = frozenset(listed["orcids"])
        gold.truths[f"the split {split}"] = {
            mention: person for mention, person in truth.items() if person in of_split
        }
    return gold


# -- INSPIRE and S2AND --------------------------------------------------------------------


def _inspire(folder: Path) -> GoldSet:
    """Signatures of one family name, with affiliations and nothing else."""
    gold = GoldSet("inspire")
    signatures = _json(folder, "wang_signatures.json")
    clusters = _json(folder, "wang_clusters.json")
    person_of = {number: person for person, numbers in clusters.items() for number in numbers}
    papers: defaultdict[int, list[dict[str, Any]]] = defaultdict(list)
    for one in signatures:
        papers[one["publication_id"]].append(one)
    truth: dict[str, str] = {}
    for paper, listed in papers.items():
        authors = []
        for one in listed:
            family, _, given = one["author_name"].partition(",")
            place = one["author_affiliation"]
            authors.append(
                PrintedAuthor(
                    family.strip(),
                    given.strip(),
                    affiliations=(place,) if place else (),
                    name=one["author_name"],
                )
            )
        for mention, one in zip(gold.add_paper(str(paper), authors), listed, strict=True):
            if one["signature_id"] in person_of:
                truth[mention] = person_of[one["signature_id"]]
    gold.truths[AS_GIVEN] = dict(truth)
    gold.notes.append(_no_records())
    return gold


def _s2and(folder: Path) -> GoldSet:
    """Signatures and clusters of a set in the layout of S2AND; its papers where they are there."""
    gold = GoldSet("s2and")
    signatures = _json(folder, "signatures.json")
    clusters = _json(folder, "clusters.json")
    person_of = {
        one: person for person, cluster in clusters.items() for one in cluster["signature_ids"]
    }
    about = _json(folder, "papers.json") if (folder / "papers.json").is_file() else {}
    papers: defaultdict[str, list[tuple[str, dict[str, Any]]]] = defaultdict(list)
    for signature, one in signatures.items():
        papers[str(one["paper_id"])].append((signature, one["author_info"]))
    truth: dict[str, str] = {}
    for paper, listed in papers.items():
        authors = [
            PrintedAuthor(
                info["last"] or "",
                " ".join(filter(None, (info["first"], info["middle"]))),
                info["suffix"] or "",
                tuple(filter(None, info["affiliations"] or ())),
            )
            for _, info in listed
        ]
        facts = about.get(paper, {})
        places = {info["position"] for _, info in listed}
        # The others of the paper, whom nobody judged, come behind.
        authors += [
            _whole_name(other["author_name"])
            for other in facts.get("authors") or ()
            if other["position"] not in places
        ]
        ids = gold.add_paper(paper, authors, year=facts.get("year"), title=facts.get("title") or "")
        for mention, (signature, _) in zip(ids, listed, strict=False):
            if signature in person_of:
                truth[mention] = person_of[signature]
    gold.truths[AS_GIVEN] = dict(truth)
    if not about:
        gold.notes.append(_no_records())
    return gold


def _whole_name(name: str) -> PrintedAuthor:
    given, _, family = name.strip().rpartition(" ")
    return PrintedAuthor(family, given, name=name)


def _no_records() -> Note:
    return Note(
        code="names-and-affiliations-only",
        text="the set holds no titles and no other authors: affiliations are all the evidence",
    )


# -- MEDLINE ------------------------------------------------------------------------------


def _medline(folder: Path) -> GoldSet:
    """Pairs of author slots of PubMed records that people judged."""
    gold = GoldSet("medline")
    records: dict[str, list[tuple[str, PrintedAuthor, str]]] = {}
    judged: list[Mapping[str, str]] = []
    empty = 0
    for path, content in _files(folder):
        if path.suffix == ".csv":
            text = content.decode("utf-8", errors="replace")
            judged += csv.DictReader(StringIO(text, newline=""), delimiter=";")
        elif path.suffix == ".xml":
            try:
                articles = list(_xml(content).iter("PubmedArticle"))
            except etree.XMLSyntaxError:
                articles = []
            empty += not articles
            for article in articles:
                _medline_article(gold, article, records)
    if not judged or not records:
        raise FileNotFoundError("the pairs or the records are missing")
    left_out = 0
    for row in judged:
        label = (row["Authorship"] or "").strip().upper()
        ends = [_slot(records, row, number) for number in ("1", "2")]
        if label in {"YES", "NO"} and ends[0] and ends[1]:
            gold.pairs.append(JudgedPair(ends[0], ends[1], label == "YES"))
        else:
            left_out += 1
    if left_out:
        gold.notes.append(
            Note(
                code="pairs-left-out",
                count=left_out,
                text="pairs without a label, or whose record or author is not there, do not count",
            )
        )
    if empty:
        gold.notes.append(Note(code="empty-records", count=empty, text="records hold no article"))
    return gold


def _medline_article(
    gold: GoldSet,
    article: "Element",
    records: dict[str, list[tuple[str, PrintedAuthor, str]]],
) -> None:
    pmid = article.findtext("MedlineCitation/PMID") or ""
    about = article.find("MedlineCitation/Article")
    if about is None or not pmid:
        return
    authors, initials = [], []
    for one in about.iterfind("AuthorList/Author"):
        family = _text(one.find("LastName"))
        if not family:
            continue
        given = _text(one.find("ForeName")) or _spaced(_text(one.find("Initials")))
        initials.append(_text(one.find("Initials")))
        authors.append(
            PrintedAuthor(
                family,
                given,
                _text(one.find("Suffix")),
                tuple(filter(None, map(_text, one.iterfind("AffiliationInfo/Affiliation")))),
            )
        )
    date = about.find("Journal/JournalIssue/PubDate")
    ids = gold.add_paper(
        pmid,
        authors,
        year=_year(_text(date)) if date is not None else None,
        title=_text(about.find("ArticleTitle")),
        topics=[
            *map(_text, article.iterfind(".//MeshHeading/DescriptorName")),
            *map(_text, article.iterfind(".//Keyword")),
        ],
        venue=_text(about.find("Journal/Title")),
    )
    records[pmid] = list(zip(ids, authors, initials, strict=True))


def _spaced(initials: str) -> str:
    return " ".join(initials) if _RUN_OF_INITIALS.fullmatch(initials) else initials


def _slot(
    records: Mapping[str, list[tuple[str, PrintedAuthor, str]]],
    row: Mapping[str, str],
    number: str,
) -> str | None:
    """The mention that a row of the pairs means; absent where none or several fit.

    The file's letters beyond ASCII are damaged, so a family name fits by what is left of it.
    """
    family, given = row[f"Last_name{number}"], row[f"First_name{number}"]
    initials = row[f"Initials{number}"]
    slots = records.get(row[f"PMID{number}"], [])
    equal = [
        (mention, one, short) for mention, one, short in slots if fold(one.family) == fold(family)
    ]
    for found in (
        [mention for mention, one, _ in equal if fold(one.given) == fold(given)],
        [mention for mention, _, short in equal if short == initials],
        [
            mention
            for mention, one, short in slots
            if short == initials and _looks_like(one.family, family)
        ],
    ):
        if len(found) == 1:
            return found[0]
    return None


def _looks_like(name: str, damaged: str) -> bool:
    pattern = "".join(
        re.escape(char) if char.isascii() and char != "?" else "." for char in damaged
    )
    return re.fullmatch(pattern, name) is not None


_READERS: Mapping[str, Callable[[Path], GoldSet]] = {
    "acl": _acl,
    "orcid": _orcid,
    "inspire": _inspire,
    "medline": _medline,
    "s2and": _s2and,
}
