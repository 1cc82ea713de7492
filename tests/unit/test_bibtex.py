"""BibTeX: what people rely on when they load their bibliography."""

import logging
import string
from collections.abc import Callable
from pathlib import Path
from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph_service.model.errors import RecordError
from graph_service.model.records import (
    Location,
    Organisation,
    ParsedPaper,
    Reference,
    Topic,
)
from graph_service.store.process import peak_mebibytes
from loaders import bibtex, bibtex_blocks, nbib, ris
from loaders.bibtex import read, recognises
from loaders.facts import to_facts
from loaders.reading import Reject
from tests.broken import papers_of_cuts, reject_before_a_paper, survives

ENTRY = r"""
@article{quill2020,
  author   = {Ada Quill and Okoro, Ben and {The LOOM Collaboration} and Carla de la Cruz},
  title    = {{LoomNet}: Weaving {G}raphs in $\alpha$ Steps},
  journal  = {Journal of Looms \& Yarns},
  year     = 2020,
  month    = mar # "~7",
  doi      = {10.1000/Loom.2020_1},
  url      = {https://example.org/loom\_2020},
  keywords = {weaving; graph theory; yarn, twisted},
  abstract = {We weave.

              Twice, in 50% of the time. See https://github.com/quill/loomnet.},
}
"""


def written(folder: Path, content: str | bytes) -> Path:
    path = folder / "refs.bib"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def papers(folder: Path, content: str) -> list[ParsedPaper]:
    parts = list(read(written(folder, content)))
    found = [part for part in parts if isinstance(part, ParsedPaper)]
    assert found == parts
    return found


def only(folder: Path, content: str) -> ParsedPaper:
    (paper,) = papers(folder, content)
    return paper


def rejects(folder: Path, content: str | bytes) -> list[tuple[int | None, str]]:
    parts = read(written(folder, content))
    return [(part.line, part.reason) for part in parts if isinstance(part, Reject)]


def names(folder: Path, authors: str) -> list[tuple[str | None, ...]]:
    paper = only(folder, f"@misc{{a, title={{T}}, author={{{authors}}}}}")
    return [
        (one.family, one.given, one.suffix) if one.family else (one.name,) for one in paper.authors
    ]


def test_an_entry_comes_through_whole(tmp_path: Path) -> None:
    paper = only(tmp_path, ENTRY)
    assert paper.source == paper.format == "bibtex"
    assert paper.key.startswith("quill2020~")
    assert paper.locator == "quill2020"
    assert paper.title == "LoomNet: Weaving Graphs in α Steps"
    assert paper.venue == "Journal of Looms & Yarns"
    assert paper.date == "2020-03-07"
    assert paper.kind == "article"
    assert paper.identifiers == ("doi:10.1000/loom.2020_1",)
    assert paper.locations == (Location(url="https://example.org/loom_2020"),)
    assert paper.topics == tuple(
        Topic(scheme="keyword", name=name) for name in ("weaving", "graph theory", "yarn, twisted")
    )
    assert paper.abstract == (
        "We weave.\n\nTwice, in 50% of the time. See https://github.com/quill/loomnet."
    )
    assert [one.name for one in paper.authors] == ["Ada Quill", "Ben Okoro", "Carla de la Cruz"]
    assert paper.group_authors == ("The LOOM Collaboration",)
    assert paper.authors_complete is None


def test_the_source_is_what_the_load_says(tmp_path: Path) -> None:
    (paper,) = read(written(tmp_path, ENTRY), source="lab")
    assert isinstance(paper, ParsedPaper)
    assert paper.source == "lab"


NAMES = {
    "Ada Quill": [("Quill", "Ada", None)],
    "Quill, Ada": [("Quill", "Ada", None)],
    "Quill, Ada,": [("Quill", "Ada", None)],
    "Quill": [("Quill",)],
    "Ada Maria von der Heide": [("von der Heide", "Ada Maria", None)],
    "von der Heide, Ada Maria": [("von der Heide", "Ada Maria", None)],
    "Quill, Jr., Ben": [("Quill", "Ben", "Jr.")],
    "Quill, Ben, Jr.": [("Quill", "Ben", "Jr.")],
    "Ben Quill Jr.": [("Quill", "Ben", "Jr.")],
    "van Quill, Ben MD, PhD": [("van Quill", "Ben MD", "PhD")],
    "de la Cruz, III, Ben": [("de la Cruz", "Ben", "III")],
    "Ada {Okoro Quill}": [("Okoro Quill", "Ada", None)],
    "{van Loom} Quill, Ada": [("van Loom Quill", "Ada", None)],
    r"Karl {\v{S}}m{\'\i}d": [("Šmíd", "Karl", None)],
    r"{\AA}sa {\O}stby and \'Elie {\L}oom": [("Østby", "Åsa", None), ("Łoom", "Élie", None)],
    r"Ben {\"o}zil Quill": [("özil Quill", "Ben", None)],
    r"Gar{\c{c}}on, Jos\'e~B.": [("Garçon", "José B.", None)],
    "{Quill}, A.~B. and {Okoro}, B.": [("Quill", "A. B.", None), ("Okoro", "B.", None)],
    "{Quill, A. B.}": [("Quill", "A. B.", None)],
    "Quill, Ada AND\n Ben\tand\nOkoro, C.": [
        ("Quill", "Ada", None), ("Ben",), ("Okoro", "C.", None),
    ],
    "Ferdinand Sandoval": [("Sandoval", "Ferdinand", None)],
    "ada quill": [("ada quill",)],
    "李 小龙": [("小龙", "李", None)],
    "Quill and and Okoro and ,": [("Quill",), ("Okoro",)],
    "given=Ada, prefix=van, family=Quill, suffix=Jr": [("van Quill", "Ada", "Jr")],
}  # fmt: skip


@pytest.mark.parametrize(("authors", "expected"), NAMES.items(), ids=NAMES)
def test_names_are_parted_as_bibtex_does(
    authors: str, expected: list[tuple[str | None, ...]], tmp_path: Path
) -> None:
    assert names(tmp_path, authors) == expected


@pytest.mark.parametrize(
    ("authors", "groups"),
    [
        ("{World Loom Organization}", ("World Loom Organization",)),
        ("{{Weavers and Spinners, Inc.}}", ("Weavers and Spinners, Inc.",)),
        ("{LOOM Collaboration} and Ada Quill", ("LOOM Collaboration",)),
        ("LOOM Collaboration and Ada Quill", ("LOOM Collaboration",)),
        ("Collaboration, LOOM and Ada Quill", ("LOOM Collaboration",)),
    ],
)
def test_an_organisation_is_no_person(
    authors: str, groups: tuple[str, ...], tmp_path: Path
) -> None:
    paper = only(tmp_path, f"@misc{{a, title={{T}}, author={{{authors}}}}}")
    assert paper.group_authors == groups
    assert all(one.name == "Ada Quill" for one in paper.authors)


@pytest.mark.parametrize("end", ["others", "Others", "{others}", "et al.", "{et~al.}"])
def test_a_list_that_is_cut_says_so_and_nobody_is_called_others(end: str, tmp_path: Path) -> None:
    paper = only(tmp_path, f"@misc{{a, title={{T}}, author={{Ada Quill and {end}}}}}")
    assert paper.authors_complete is False
    assert [one.name for one in paper.authors] == ["Ada Quill"]
    assert paper.group_authors == ()


@pytest.mark.parametrize(
    ("authors", "reason"),
    [
        ("Quill, A., Okoro, B., Cruz, C.", "has more commas than a name"),
        ("Ada Quill, Ben Okoro, Carla Cruz", "has more commas than a name"),
        ("Quill, A.; Okoro, B.", "has semicolons"),
        ("Ada Quill; Ben Okoro", "has semicolons"),
    ],
)
def test_people_run_together_are_not_made_one_person(
    authors: str, reason: str, tmp_path: Path
) -> None:
    ((line, said),) = rejects(tmp_path, f"@misc{{a, title={{T}}, author={{{authors}}}}}")
    assert line == 1
    assert reason in said


def test_editors_and_translators_are_no_authors(tmp_path: Path) -> None:
    paper = only(tmp_path, "@book{a, title={T}, editor={Ada Quill}, translator={Ben Okoro}}")
    assert paper.authors == ()


TEX = {
    r"{\"o}\v{c}\v c\c{c}\k{a}\H{o}\.{I}\d{t}\u{g}\r{a}\={a}": "öččçąőİṭğåā",
    r"{\'\i}\'{\i}\'\i na{\"\i}ve \i": "ííínaïve ı",
    r"{\aa}{\AE}{\oe}{\ss}\o{}\L odz {\dj}": "åÆœßøŁodz đ",
    r"``Looms'' --- 1--2 Quill{\textquoteright}s \textendash\ Yarn": "“Looms” — 1–2 Quill’s – Yarn",
    r"50\% \& \$5 a\_b \#1 \{x\}": "50% & $5 a_b #1 {x}",
    r"$E=mc^2$ and H$_2$O at $\alpha$": "E=mc^2 and H_2O at α",
    r"Radix-2\(^{k}\) \(\mu\)m": "Radix-2^k μm",
    r"\emph{Bold} {\bf Looms} \textsc{Weave} a~b": "Bold Looms Weave a b",
    r"{\noopsort{1973b}}Looms": "Looms",
    "A <i>new</i> &amp; fast loom, 1 &lt; 2": "A new & fast loom, 1 < 2",
    "100% Loom": "100% Loom",
    "Weave\n   this\ttitle": "Weave this title",
}  # fmt: skip


@pytest.mark.parametrize(("tex", "text"), TEX.items(), ids=range(len(TEX)))
def test_tex_and_markup_become_text(tex: str, text: str, tmp_path: Path) -> None:
    assert only(tmp_path, f"@misc{{a, title={{{tex}}}}}").title == text


@pytest.mark.parametrize(
    ("fields", "date"),
    [
        ("year=2020", "2020"),
        ("year={2020}, month=feb", "2020-02"),
        ("year={2020}, month={February}", "2020-02"),
        ("year={2020}, month={02}", "2020-02"),
        ("year={2020}, month={Sept.}", "2020-09"),
        ("year={2020}, month=MAR", "2020-03"),
        ('year={2020}, month="7~" # jul', "2020-07-07"),
        ("year={2020}, month={July 30th}", "2020-07-30"),
        ("year={2020}, month={July/August}", "2020-07"),
        ("year={2020}, month={13}", "2020"),
        ("year={2020}, month=feb, day={30}", "2020-02"),
        ("year={2020}, month=feb, day={29}", "2020-02-29"),
        ("year={2020a}", "2020"),
        ("year={2019--2020}", "2019"),
        ("year={2019-05}", "2019-05"),
        ("year={in press}", None),
        ("year={{13th Century}}", None),
        ("date={2016-12-13}, year=2017, month=8", "2016-12-13"),
        ("date={2016/2017}", "2016"),
        ("date={2016-02-31}", "2016-02"),
        ("date={2016-21}", "2016"),
        ("date={2016?}", None),
        ("date={1984~}, year={1984}", "1984"),
        ("date={2016-05-01T10:00:00Z}", "2016-05-01"),
    ],
)
def test_a_date_is_as_precise_as_it_is_stated(
    fields: str, date: str | None, tmp_path: Path
) -> None:
    assert only(tmp_path, f"@misc{{a, title={{T}}, {fields}}}").date == date


@pytest.mark.parametrize(
    ("fields", "identifiers"),
    [
        ("doi={https://doi.org/10.1000/A_B}", ("doi:10.1000/a_b",)),
        (r"doi={10.1000/a\_b\&c}", ("doi:10.1000/a_b&c",)),
        (r"doi={10.1000/a{\_}b}", ("doi:10.1000/a_b",)),
        ("doi={n/a}", ()),
        ("doi={http://doi.acm.org/10.1145/1.2}", ("doi:10.1145/1.2",)),
        ("url={https://dl.acm.org/doi/abs/10.1145/1.2?x=y}", ("doi:10.1145/1.2",)),
        ("url={https://example.org/10.1145/1.2}", ()),
        ("doi={10.1000/a}, url={https://doi.org/10.1000/b}", ("doi:10.1000/a",)),
        ("url={https://dx.doi.org/10.1000/ab}", ("doi:10.1000/ab",)),
        ("eprint={2001.00001v2}, archiveprefix={arXiv}", ("arxiv:2001.00001",)),
        ("eprint={hep-th/9901001}", ("arxiv:hep-th/9901001",)),
        ("eprint={123456}, eprinttype={pubmed}", ("pmid:123456",)),
        ("eprint={ab12}", ()),
        ("url={http://arxiv.org/abs/2001.00001v1}", ("arxiv:2001.00001",)),
        ("journal={arXiv preprint arXiv:2001.00001}", ("arxiv:2001.00001",)),
        ("journal={CoRR}, volume={abs/2001.00001}", ("arxiv:2001.00001",)),
        ("note={arXiv:2001.00001}", ("arxiv:2001.00001",)),
        ("note={Extends arXiv:2001.00001}", ()),
        ("pmid={123}, pmcid={PMC45}", ("pmc:PMC45", "pmid:123")),
        ("url={https://aclanthology.org/2020.acl-main.1.pdf}", ("acl:2020.acl-main.1",)),
        ("url={https://www.aclweb.org/anthology/P19-1001/}", ("acl:P19-1001",)),
        (
            "biburl={https://dblp.org/rec/journals/loom/Quill20.bib}",
            ("dblp:journals/loom/Quill20",),
        ),
        ("url={https://pubmed.ncbi.nlm.nih.gov/123/}", ("pmid:123",)),
    ],
)
def test_every_identifier_is_found_where_people_put_it(
    fields: str, identifiers: tuple[str, ...], tmp_path: Path
) -> None:
    assert only(tmp_path, f"@misc{{a, title={{T}}, {fields}}}").identifiers == identifiers


@pytest.mark.parametrize(
    ("entry", "kind", "venue"),
    [
        ("@inproceedings{a, title={T}, booktitle={Proc. of Looms}}", "conference-paper", "Proc. of Looms"),
        ("@article{a, title={T}, journaltitle={Yarn}}", "article", "Yarn"),
        ("@incollection{a, title={T}, booktitle={B}}", "chapter", "B"),
        ("@collection{a, title={T}}", "book", None),
        ("@phdthesis{a, title={T}}", "thesis", None),
        ("@techreport{a, title={T}}", "report", None),
        ("@misc{a, title={T}}", None, None),
        ("@misc{a, title={T}, eprint={2001.00001}, eprinttype={arxiv}}", "preprint", None),
        ("@article{a, title={T}, journal={arXiv preprint arXiv:2001.00001}}", "preprint", "arXiv"),
        ("@article{a, title={T}, journal={Yarn}, eprint={2001.00001}}", "article", "Yarn"),
        ("@software{a, title={T}}", "software", None),
        ("@Weaving{a, title={T}}", "weaving", None),
    ],
)  # fmt: skip
def test_kind_and_venue(entry: str, kind: str | None, venue: str | None, tmp_path: Path) -> None:
    paper = only(tmp_path, entry)
    assert (paper.kind, paper.venue) == (kind, venue)


def test_what_a_thesis_names_is_its_organisation(tmp_path: Path) -> None:
    paper = only(tmp_path, "@phdthesis{a, title={T}, school={Loom University}}")
    assert paper.affiliations == (Organisation(name="Loom University"),)


def test_scopus_and_web_of_science_say_more(tmp_path: Path) -> None:
    scopus, wos = papers(
        tmp_path,
        "@article{a, title={S}, affiliation={Loom Univ., X; Yarn Inst., Y}, source={Scopus},"
        " author_keywords={a; b}}\n"
        "@article{b, title={W}, author={Quill, Ada and Okoro, Ben},"
        " affiliation={Quill, A (Reprint Author), Loom Univ.},"
        " orcid-numbers={Okoro, Ben/0000-0002-1825-0097\nQuill, Ada/0000-0000-0000-0000},"
        " cited-references={Cruz C, 2001, YARN, V1, DOI 10.1000/yarn.1.\n Quill A, 1999, LOOM.},"
        " number-of-cited-references={2}}",
    )
    assert [one.name for one in scopus.affiliations] == ["Loom Univ., X", "Yarn Inst., Y"]
    assert [one.name for one in scopus.topics] == ["a", "b"]
    assert wos.affiliations == ()
    assert [one.identifiers for one in wos.authors] == [(), ("orcid:0000-0002-1825-0097",)]
    assert wos.references == (Reference(to="doi:10.1000/yarn.1"),)
    assert wos.references_unidentified == 1


def test_orcids_stand_beside_the_authors_that_they_are_annotated_to(tmp_path: Path) -> None:
    paper = only(
        tmp_path,
        "@misc{a, title={T}, author={Ada Quill and {LOOM Group} and Ben Okoro},"
        ' author+an:orcid={1="0000-0001-2345-6789"; 3="https://orcid.org/0000-0002-1825-0097"}}',
    )
    assert [one.identifiers for one in paper.authors] == [
        ("orcid:0000-0001-2345-6789",),
        ("orcid:0000-0002-1825-0097",),
    ]


def test_code_is_found_in_note_and_address(tmp_path: Path) -> None:
    paper = only(
        tmp_path,
        r"@misc{a, title={T}, note={Code: \url{https://github.com/quill/loom\_net}},"
        r" howpublished={\url{https://github.com/quill/yarn}}}",
    )
    assert [one.id for one in to_facts(paper).repositories] == [
        "github:quill/yarn",
        "github:quill/loom_net",
    ]
    assert paper.locations == (Location(url="https://github.com/quill/yarn"),)


CROSSREF = """
@inproceedings{child, title={T}, author={Ada Quill}, crossref={Parent}}
@inproceedings{dated, title={U}, year=1999, booktitle={Own}, crossref={parent}}
@inproceedings{orphan, title={V}, crossref={nowhere}}
@misc{shared, title={W}, xdata={first, second}}
@string{loom = "Looms"}
@proceedings{parent, title={Proc. of } # loom, year=2001, month=may, doi={10.1000/parent},
  editor={Ben Okoro}, author={Ben Okoro}}
@xdata{first, url={https://example.org/x}, xdata={second}}
@xdata{second, date={2010-05}, author={Ada Quill}, xdata={first}}
"""


def test_entries_inherit_from_parents_that_stand_later(tmp_path: Path) -> None:
    child, dated, orphan, shared, parent = papers(tmp_path, CROSSREF)
    assert (child.venue, child.date) == ("Proc. of Looms", "2001-05")
    assert child.identifiers == ()
    assert [one.name for one in child.authors] == ["Ada Quill"]
    assert (dated.venue, dated.date, dated.authors) == ("Own", "1999", ())
    assert (orphan.venue, orphan.date) == (None, None)
    assert (shared.date, [one.name for one in shared.authors]) == ("2010-05", ["Ada Quill"])
    assert shared.locations == (Location(url="https://example.org/x"),)
    assert (parent.kind, parent.identifiers) == ("proceedings", ("doi:10.1000/parent",))


def test_an_entry_that_inherits_from_itself_is_read(tmp_path: Path) -> None:
    paper = only(tmp_path, "@book{a, title={T}, year=2000, crossref={a}, xdata={a}}")
    assert paper.date == "2000"


def test_names_stand_for_texts_and_parts_are_put_together(tmp_path: Path) -> None:
    paper = only(
        tmp_path,
        '@STRING(Yarn = "Yarn")\n@string{jy = {Journal of } # yarn}\n'
        '@article(a, title = "A {"}quoted{"} " # {Loom (1)}, journal = JY # { Letters}, year = 2001)',
    )
    assert (paper.title, paper.venue) == ('A "quoted" Loom (1)', "Journal of Yarn Letters")


def test_a_name_that_nobody_defined_says_nothing(tmp_path: Path) -> None:
    assert only(tmp_path, "@article{a, title={T}, journal=yarn}").venue is None
    ((_, reason),) = rejects(tmp_path, "@article{a, title=yarn}")
    assert reason == "'a': has a title 'yarn' that no @string defines"


@pytest.mark.parametrize(
    ("content", "title"),
    [
        ("Mail ada@example.org (home).\n% a comment\n@comment{@x} @comment without\n", "T"),
        ('@preamble{"\\newcommand{\\x}{y}"}\n', "T"),
        ("%@misc{old,\n%  title={O}\n%}\n", "T"),
        ("% @misc{old, title={O}}\n", "T"),
    ],
    ids=["between", "preamble", "commented out", "commented out in one line"],
)  # fmt: skip
def test_what_is_no_entry_is_passed_over(content: str, title: str, tmp_path: Path) -> None:
    assert only(tmp_path, content + "@misc{a, title={T}}").title == title


@pytest.mark.parametrize(
    "entry",
    [
        "@misc{a,title={T}}",
        "@misc{a,\ntitle={T},\n}",
        "@misc\n{a, title = {T}}",
        '@ misc { a , TITLE = "T" , }',
        "@misc(a, title={T})",
        "x @misc{a, title={T}}",
        "@misc{a, title={T}, title={U}}",
        "@misc{a, title={T}, file={C:\\dir\\}}",
        "@misc{a, title={T}, note={half \\} brace}}",
        "@misc{a, title={T}, note={two \\\\}}",
        "@misc{a, title={T}, note={mail a@b.org}}",
    ],
)  # fmt: skip
def test_an_entry_may_be_written_in_many_ways(entry: str, tmp_path: Path) -> None:
    paper, after = papers(tmp_path, f"{entry}\n@book{{n, title={{N}}}}")
    assert after.locator == "n"
    assert (paper.title, paper.locator) == ("T", "a")


def test_an_entry_without_a_key_has_one_made_of_what_it_says(tmp_path: Path) -> None:
    doi, title, bare = papers(
        tmp_path,
        "@misc{, title={A}, doi={10.1000/a}}\n@misc{, title={Weaving B}}\n@misc{title={C}}",
    )
    assert doi.key == "doi:10.1000/a"
    assert title.key.startswith("weaving-b~")
    assert bare.title == "C"


BROKEN = {
    "@misc{b, title={T}, note={open\n": "is not closed where another entry begins, at line 3",
    "@misc{b, title={T} note={x}}\n\n": "has a value that cannot be read",
    '@misc{b, title="T}\n\n': "cannot be read",
    "@misc{b, title}\n\n": "cannot be read",
    "@misc{b, year=2000}\n\n": "'b': has no title",
    "@misc{b, title={{}}}\n\n": "'b': has no title",
    "@misc{b, title={T}, author={Ada and ?}}\n\n": "'b': name: holds no letter or digit",
}


@pytest.mark.parametrize("broken", BROKEN)
def test_a_broken_entry_is_a_reject_with_its_line_and_the_rest_is_read(
    broken: str, tmp_path: Path
) -> None:
    content = f"@misc{{a, title={{A}}}}\n{broken}@misc{{c, title={{C}}}}\n"
    ((line, reason),) = rejects(tmp_path, content)
    assert line == 2
    assert BROKEN[broken] in reason
    titles = [one.title for one in read(written(tmp_path, content)) if isinstance(one, ParsedPaper)]
    assert titles == ["A", "C"]


def test_a_letter_read_in_a_wrong_encoding_before_is_not_loaded(tmp_path: Path) -> None:
    ((_, reason),) = rejects(tmp_path, "@misc{a, title={Quill\x92s Loom}}")
    assert reason == "'a': title: holds a control character or a line break"


def test_the_same_entry_twice_is_one_and_two_that_differ_are_named(tmp_path: Path) -> None:
    assert only(tmp_path, ENTRY + ENTRY).locator == "quill2020"
    content = ENTRY + ENTRY.replace("2020,", "2021,").replace("{quill2021", "{quill2020")
    ((line, reason),) = rejects(tmp_path, content)
    assert line == 16
    assert reason == "'quill2020': stands at line 2 with other content"


def test_entries_on_one_line_are_told_apart_by_what_they_say(tmp_path: Path) -> None:
    one, two = "@misc{a, title={A}}", "@misc{a, title={A}, year={2020}}"
    assert only(tmp_path, f"{one} {one}\n").title == "A"
    ((line, reason),) = rejects(tmp_path, f"{one} {two}\n")
    assert (line, reason) == (1, "'a': stands at line 1 with other content")


def test_equal_citation_keys_of_other_papers_replace_nothing(tmp_path: Path) -> None:
    first = only(tmp_path, "@misc{smith2020, title={One}}")
    second = only(tmp_path, "@misc{smith2020, title={Two}}")
    again = only(tmp_path, "@article{smith2020, title={{ONE}}, year=2020}")
    assert first.key != second.key
    assert first.key == again.key


def test_definitions_that_grow_without_end_are_refused_quickly(tmp_path: Path) -> None:
    lines = ["@string{a0 = {" + "x" * 1000 + "}}"]
    lines += [f"@string{{a{n} = a{n - 1} # a{n - 1} # a{n - 1} # a{n - 1}}}" for n in range(1, 40)]
    content = "\n".join([*lines, "@misc{a, title=a39}", "@misc{b, title={B}}"])
    began = perf_counter()
    found = rejects(tmp_path, content)
    assert perf_counter() - began < 5
    assert any("longer than" in reason for _, reason in found)
    titles = [one.title for one in read(written(tmp_path, content)) if isinstance(one, ParsedPaper)]
    assert titles == ["B"]


def test_the_library_prints_no_text_of_the_file(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    with caplog.at_level(logging.DEBUG):
        assert len(rejects(tmp_path, "@misc{secret, title}\n@misc{b, title={T} x}")) == 2
    assert not caplog.records
    assert capfd.readouterr() == ("", "")


WORDS = st.text(string.ascii_letters + "äöüßéøłčĐñ", min_size=1, max_size=8)
TITLES = st.lists(WORDS, min_size=1, max_size=6).map(" ".join)
PEOPLE = st.tuples(WORDS.map(str.capitalize), WORDS.map(str.capitalize)).filter(
    lambda name: not {one.lower() for one in name} & {"jr", "sr", "ii", "iii", "iv", "and", "team"}
)
TEX_OF = {"ä": r'{\"a}', "ö": r'\"{o}', "ü": r'\"u', "é": r"{\'e}", "ø": r"{\o}", "ł": r"{\l}",
          "č": r"\v{c}", "Đ": r"{\DJ}", "ñ": r"\~n", "ß": r"{\ss}"}  # fmt: skip


def in_tex(text: str) -> str:
    return "".join(TEX_OF.get(char, char) for char in text)


@given(
    title=TITLES,
    people=st.lists(PEOPLE, max_size=5),
    cut=st.booleans(),
    date=st.sampled_from((None, (2020,), (2020, 2), (2020, 2, 29))),
    words=st.lists(TITLES, max_size=3, unique=True),
    quoted=st.booleans(),
    tex=st.booleans(),
    last_first=st.booleans(),
)
def test_what_is_written_is_read_back(
    title: str,
    people: list[tuple[str, str]],
    cut: bool,
    date: tuple[int, ...] | None,
    words: list[str],
    quoted: bool,
    tex: bool,
    last_first: bool,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    form = in_tex if tex else str
    # A value in quotes has none of its own, and TeX writes umlauts with one.
    begin, end = ('"', '"') if quoted and not tex else ("{", "}")
    listed = [
        f"{form(family)}, {form(given)}" if last_first else f"{form(given)} {form(family)}"
        for given, family in people
    ] + (["others"] if cut else [])
    fields = [
        ("title", form(title)),
        ("author", " and ".join(listed)),
        ("keywords", "; ".join(map(form, words))),
    ]
    if date:
        fields += [("date", "-".join(f"{part:02}" for part in date))]
    body = ",\n  ".join(f"{name} = {begin}{text}{end}" for name, text in fields)
    paper = only(tmp_path_factory.mktemp("bib"), f"@article{{key,\n  {body}\n}}\n")
    assert paper.title == title
    assert [(one.given, one.family) for one in paper.authors] == people
    assert paper.authors_complete is (False if cut else None)
    assert paper.date == ("-".join(f"{part:02}" for part in date) if date else None)
    assert [topic.name for topic in paper.topics] == list(dict.fromkeys(words))


PLAIN = b"\n".join(
    b"@article{k%d, title={Weaving %d}, author={Ada Quill and Ben Okoro}, year=2020}" % (n, n)
    for n in range(20)
)


def test_a_file_cut_anywhere_gives_papers_and_rejects(tmp_path: Path) -> None:
    found = papers_of_cuts(bibtex, tmp_path / "cut.bib", PLAIN, b"2020}")
    assert all(len(one.authors) == 2 for one in found)


def test_damaged_files_are_said_to_be(tmp_path: Path) -> None:
    path = tmp_path / "broken.bib"
    for content in (
        b"",
        b"\0" * 1000,
        ENTRY.replace("Quill", "Quéll").encode("latin-1"),
        b"no entry at all",
        b"@",
        b"@misc",
        b"\n" * 5000,
    ):
        assert isinstance(survives(bibtex, path, content), RecordError)
    assert survives(bibtex, path, ENTRY.encode("utf-16")) == papers(tmp_path, ENTRY)


def test_what_is_deep_long_or_many_is_refused_quickly(tmp_path: Path) -> None:
    began = perf_counter()
    many = b" and ".join([b"Ada Quill"] * 100_000)
    for content in (
        b"@misc{a, title={T}, author={" + many + b"}}",
        b"@misc{a, title={T}, author={{" + many + b"} and {" + many + b"}",
        b"@misc{a, note=" + b"{" * 100_000 + b"}" * 100_000 + b"}",
        b"@misc{a, note={" + b"{" * 300_000,
        b"@misc{a, title=" + b'{"}#' * 100_000 + b"}",
    ):
        (reject,) = survives(bibtex, tmp_path / "big.bib", content)
        assert isinstance(reject, Reject)
        assert len(reject.reason) < 400
    assert perf_counter() - began < 10


def test_a_line_of_twenty_megabytes_is_one_reject_in_bounded_memory(tmp_path: Path) -> None:
    before = peak_mebibytes()
    content = b"@misc{a, title={" + b"x" * 20_000_000 + b"}}\n@misc{b, title={B}}\n"
    reject, paper = reject_before_a_paper(bibtex, tmp_path / "long.bib", content)
    assert (reject.reason, paper.title) == ("is longer than 16,777,216 characters", "B")
    assert peak_mebibytes() - before < 150


def test_deep_tex_in_a_title_is_text_or_a_reject(tmp_path: Path) -> None:
    for tex in (r"\emph{" * 3000 + "T" + "}" * 3000, r"\"{" * 2000 + "o" + "}" * 2000, "$" * 9001):
        (part,) = survives(bibtex, tmp_path / "deep.bib", f"@misc{{a, title={{{tex} T}}}}".encode())
        assert isinstance(part, ParsedPaper)
        assert part.title.endswith("T")


def test_entries_that_too_many_inherit_from_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bibtex, "MOST_OF_PARENTS", 1_000)
    content = "".join(
        f"@misc{{c{n}, title={{T}}, crossref={{p{n}}}}}\n@book{{p{n}, title={{{'x' * 100}}}}}\n"
        for n in range(20)
    )
    with pytest.raises(RecordError, match="inherit from of more than 1,000 characters"):
        list(read(written(tmp_path, content)))


@pytest.mark.parametrize(
    ("content", "known"),
    [
        (ENTRY, True),
        ("% Encoding: UTF-8\n\n@STRING{a = {b}}", True),
        ("A list of mine.\n@inproceedings{a,\n author = {b}}", True),
        ("@Comment{jabref-meta: databaseType:bibtex;}", True),
        ("@misc(a, title = {b})", True),
        ("@misc{title = {b}}", True),
        ("Write to ada@example.org, please.", False),
        ("@dataclass(frozen=True, slots=True)\nclass A:", False),
        ("@app.get('/x', y=1)\ndef f(): pass", False),
        ("@media screen {\n a { b: c }\n}", False),
        ("@Table(name, x = 1)", False),
        ('{"title": "@misc{a, title={b}}"}', False),
        ("<a>\n@misc{a, title={b}}</a>", False),
        ("TY  - JOUR\nTI  - T\nER  - \n", False),
        ("", False),
        ("@" * 60_000 + "\n" * 60_000, False),
    ],
)
def test_bibtex_is_told_from_text_that_holds_an_at(
    content: str, known: bool, tmp_path: Path
) -> None:
    path = written(tmp_path, content)
    assert recognises(path) is known
    if known:
        assert not ris.recognises(path)
        assert not nbib.recognises(path)


def test_blocks_say_the_line_where_they_begin(tmp_path: Path) -> None:
    content = "\n@misc\n\n{a, title={A}} @misc{b, title={B\n\n}} x\n@misc{c, title={C}}"
    lines = bibtex.decoded_lines(written(tmp_path, content))
    assert [(one.line, one.kind) for one in bibtex_blocks.blocks(lines)] == [
        (2, "misc"),
        (4, "misc"),
        (7, "misc"),
    ]


def _bib_files(folder: Path) -> dict[str, Path]:
    return {str(path.relative_to(folder)): path for path in sorted(folder.rglob("*.bib"))}


@pytest.mark.real_files
@pytest.mark.parametrize(
    ("archive", "name", "expected"),
    [
        ("jabref-import-tests", "testbib/jabref-authors.bib", (212, 766, 0, 1, 135, 212)),
        ("jabref-import-tests", "testbib/testjabref.bib", (156, 432, 1, 11, 59, 156)),
        ("jabref-import-tests", "testbib/complex.bib", (20, 54, 0, 0, 16, 20)),
        ("citation-js", "mapping/biblatex-input.bib", (28, 53, 1, 0, 2, 28)),
    ],
)
def test_real_bibliographies_come_through_whole(
    archive: str, name: str, expected: tuple[int, ...], shared: Callable[[str], Path]
) -> None:
    """Papers, persons, groups, cut lists, papers with a DOI and with a date.

    Counted with `grep -ci '^@'` less comments, strings and preambles, and with bibtexparser's
    `parse_string` on the whole file: the parts of `author` between " and " (767, 443, 54 and 54)
    are the persons, groups and "others" here, but for one group of a `collaboration` field; `doi`
    fields; entries with a year or date.
    """
    files = _bib_files(shared(f"formats/{archive}.tar.xz"))
    (path,) = [path for file, path in files.items() if file.endswith(name)]
    assert recognises(path)
    parts = list(read(path))
    found = [part for part in parts if isinstance(part, ParsedPaper)]
    assert found == parts
    assert expected == (
        len(found),
        sum(len(paper.authors) for paper in found),
        sum(len(paper.group_authors) for paper in found),
        sum(paper.authors_complete is False for paper in found),
        sum(any(one.startswith("doi:") for one in paper.identifiers) for paper in found),
        sum(paper.date is not None for paper in found),
    )
    for paper in found:  # no TeX is left
        assert not set("\\{}$") & set(f"{paper.title} {paper.venue}")
        assert not any(set("\\{}$") & set(one.name) for one in paper.authors)


@pytest.mark.real_files
def test_of_all_real_files_each_entry_is_a_paper_or_a_reject_for_a_known_reason(
    shared: Callable[[str], Path],
) -> None:
    """bibtexparser's `parse_string` finds 1,125 entries in the files in UTF-8, and fails at three.

    Of these 1,128, two stand twice, one is commented out and two are sets of others.
    """
    counts: dict[str, int] = {}
    for archive in ("jabref-import-tests", "citation-js"):
        for path in _bib_files(shared(f"formats/{archive}.tar.xz")).values():
            content = path.read_bytes()
            try:
                if "\0" in content.decode():
                    continue
                parts = list(read(path))
            except (UnicodeDecodeError, RecordError):
                continue
            for part in parts:
                what = part.reason if isinstance(part, Reject) else "papers"
                for known in ("no title", "no @string defines", "other content", "semicolons",
                              "commas", "not closed"):  # fmt: skip
                    what = known if known in what else what
                counts[what] = counts.get(what, 0) + 1
    assert counts == {
        "papers": 1042,
        "no title": 72,
        "no @string defines": 1,
        "other content": 1,
        "semicolons": 6,
        "not closed": 1,
    }
    assert sum(counts.values()) == 1128 - 2 - 1 - 2


@pytest.mark.real_files
def test_real_files_in_other_encodings_are_read_or_refused(shared: Callable[[str], Path]) -> None:
    """As their names say; looked at with `file` and `iconv`."""
    folder = shared("formats/jabref-import-tests.tar.xz")
    files = [
        path
        for path in folder.rglob("*.bib")
        if path.name.startswith(("encoding-", "tiny-")) and path.parent.name == "fileformat"
    ]
    assert len(files) == 14
    refused = []
    for path in files:
        try:
            parts = list(read(path))
        except RecordError as error:
            refused.append((path.name, error.fields["line"]))
            continue
        assert parts
        if "utf-16" in path.name or "utf-8" in path.name:
            (paper,) = parts
            assert isinstance(paper, ParsedPaper)
            assert paper.title[0] == "\u00dc"
        elif "tiny" in path.name:
            assert [type(part) for part in parts] == [ParsedPaper]
    assert refused == [("encoding-windows-1252-but-utf-8-declared--decoding-fails.bib", 4)]
