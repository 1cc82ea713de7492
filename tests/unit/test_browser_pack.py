"""What Neo4j Browser is given: guide, style, favourites, and who may read them; all invented."""

import io
import json
import os
import re
import stat
import zipfile
from html.parser import HTMLParser
from pathlib import Path

import httpx
import pytest
from typer.testing import CliRunner

from graph_service.api.app import create_app
from graph_service.api.browser import own_address
from graph_service.browser_pack.examples import Examples, Filled, fill, find_examples, with_values
from graph_service.browser_pack.guide import gather, guide
from graph_service.browser_pack.pack import favourite, pack
from graph_service.browser_pack.style import EDGE_STYLES, NODE_STYLES, OTHER_EDGE, OTHER_NODE, grass
from graph_service.cli.main import app as program
from graph_service.model.errors import SettingsError
from graph_service.model.schema import EDGE_TYPES, NODE_TYPES, Edge, Node
from graph_service.projection.reader import Reader
from graph_service.reports.files import all_reports, parse_report
from graph_service.settings import Settings, read_settings
from graph_service.store.fold import Graph
from graph_service.store.opening import open_store
from graph_service.store.protocol import DerivationStamp
from tests.invented import paper, small_world

ADDRESS = "http://localhost:8000"
EVE = """Eve '"\\u0027</script><script>alert(1)</script>"' O'Neil"""
MAL = "Mal once = 'x' ${author} }) DETACH DELETE n //"
TITLE = """A <b onclick="x">title</b> with \\' quotes & </pre></slide>"""
HOSTILE = [
    paper(TITLE, [EVE, "Una Plain"], repositories=("https://github.com/eve/evil",)),
    paper("Second", ["Una Plain", MAL]),
    paper("Third", [EVE]),
    paper("Fourth", [EVE]),
]


@pytest.fixture
def anyio_backend():
    return "asyncio"


@pytest.fixture
async def opened(anyio_backend):
    """Open stores in memory on given records; all are closed afterwards."""
    stores = []

    async def fill_store(records, layer=None, parts="{}"):
        store = await open_store("memory:", Settings())
        stores.append(store)
        async with store.writing():
            if records:
                await store.put(records)
            if layer is not None:
                revision = (await store.state()).facts_revision
                stamp = DerivationStamp(revision, "complete", parts, "{}", 0.0)
                await store.write_derived(stamp, layer)
        return store

    yield fill_store
    for store in stores:
        await store.close()


async def examples_of(store):
    return await Reader(store).ask(find_examples)


async def guide_of(store, reports=(), **more):
    async def question(view):
        return await gather(view, reports, **({"address": ADDRESS, "on_neo4j": True} | more))

    return guide(await Reader(store).ask(question))


async def paper_ids(store):
    return {one.title: one.id async for some in store.project_papers() for one in some}


async def small_layer(store):
    """Two clusters, one method, and Far Shore built on Bridges, built on First Steps."""
    papers = await paper_ids(store)
    how = {
        "score": 4.0,
        "tier": "likely",
        "kind": "continues",
        "direction_certain": True,
        "shown": True,
        "rank": 1,
        "model": "lineage-2",
        "scope": "all",
    }
    layer = Graph()
    layer.add(
        [
            Edge("COAUTHORED", "author:marsh.cleo", "author:okoro.ben", {"papers": 2, "weight": 2.0}),
            Node("Cluster", "cluster:b", {"number": 2, "label": "late"}),
            Node("Cluster", "cluster:c", {"number": 1, "label": "early"}),
            Edge("IN_CLUSTER", "author:okoro.ben", "cluster:c", {"share": 1.0}),
            Node("Method", "method:pier", {"name": "Pier"}),
            Edge("BUILDS_ON", papers["More Bridges"], papers["Bridges"], how),
            Edge("BUILDS_ON", papers["Bridges"], papers["First Steps"], how | {"score": 5.0}),
            Edge("BUILDS_ON", papers["Alone"], papers["Bridges"], how | {"score": 9.0, "shown": False}),
            Edge("BUILDS_ON", papers["Alone"], papers["Bridges"], how | {"score": 9.0, "scope": "lab"}),
        ]
    )  # fmt: skip
    return layer


# -- style --------------------------------------------------------------------------------


def rules_of(text):
    """Read GRASS as Browser does: braces, quotes, and no comments."""
    found = re.findall(r"([\w.]+) \{\n(.*?)\n\}\n", text, re.DOTALL)
    assert "".join(f"{name} {{\n{body}\n}}\n" for name, body in found) == text.replace("\n\n", "\n")
    return {
        name: dict(re.fullmatch(r"  ([a-z-]+): (.+);", line).groups() for line in body.split("\n"))
        for name, body in found
    }


def test_every_label_and_type_has_a_style_and_no_style_is_left_over():
    assert NODE_STYLES.keys() == {node.label for node in NODE_TYPES}
    assert EDGE_STYLES.keys() == {edge.type for edge in EDGE_TYPES}


def test_the_style_holds_a_rule_for_each_of_them():
    rules = rules_of(grass())
    assert next(iter(rules)) == "node"
    assert rules.keys() == {
        "node",
        "relationship",
        *(f"node.{label}" for label in NODE_STYLES),
        *(f"relationship.{kind}" for kind in EDGE_STYLES),
    }
    assert rules["node.Author"]["caption"] == "'{name}'"
    assert rules["node.Paper"]["caption"] == "'{title}'"
    assert rules["relationship.BUILDS_ON"]["caption"] == "'{tier}'"
    assert "{weight}" in rules["relationship.COAUTHORED"]["caption"]
    for name, rule in rules.items():
        assert all(";" not in value and ":" not in value for value in rule.values()), name
        assert re.fullmatch(r"'[^'\"]+'", rule["caption"])
        assert re.fullmatch("#[0-9A-F]{6}", rule["color"])


@pytest.mark.parametrize("label", NODE_STYLES)
def test_a_node_s_caption_names_properties_that_it_has(label):
    known = {"id"}.union(*(node.properties for node in NODE_TYPES if node.label == label))
    named = re.findall(r"\{(\w+)\}", NODE_STYLES[label].caption)
    assert named
    assert set(named) <= known


@pytest.mark.parametrize("kind", EDGE_STYLES)
def test_a_relationship_s_caption_names_properties_that_it_has(kind):
    known = set().union(*(edge.properties for edge in EDGE_TYPES if edge.type == kind))
    assert set(re.findall(r"\{(\w+)\}", EDGE_STYLES[kind].caption)) <= known


def luminance(color):
    parts = [int(color[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    """The contrast ratio of WCAG 2, from 1 to 21."""
    dark, light = sorted([luminance(one), luminance(other)])
    return (light + 0.05) / (dark + 0.05)


def test_contrast_is_that_of_wcag():
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize(
    ("name", "style"),
    [
        *NODE_STYLES.items(),
        *EDGE_STYLES.items(),
        ("node", OTHER_NODE),
        ("relationship", OTHER_EDGE),
    ],
)
def test_a_caption_can_be_read_on_its_colour(name, style):
    assert contrast(style.text, style.color) >= 4.5


def test_what_people_look_at_has_colours_of_its_own():
    shown = [node.label for node in NODE_TYPES if node.layer != "service"]
    assert len({NODE_STYLES[label].color for label in shown}) == len(shown)
    service = {NODE_STYLES[node.label] for node in NODE_TYPES if node.layer == "service"}
    assert len({style.color for style in service}) == 1


# -- examples -----------------------------------------------------------------------------


@pytest.mark.anyio
async def test_examples_are_those_that_one_finds_by_hand(opened):
    store = await opened(small_world())
    papers = await paper_ids(store)

    found = await examples_of(store)

    # Cleo and Ben have three papers each, more than anybody, and two of them together; Ada is
    # two hops from Cleo.
    assert found.ids["Author"][:2] == ("author:marsh.cleo", "author:okoro.ben")
    assert found.ends == ("author:marsh.cleo", "author:quill.ada")
    assert found.partners == ("author:marsh.cleo", "author:okoro.ben")
    assert found.paper_with_code == papers["Bridges"]
    assert found.ids["Paper"][:2] == (papers["Bridges"], papers["More Bridges"])
    assert found.ids["Repo"] == ("github:okoro/bridges",)
    assert found.ids["Name"][0] == "name:club/marsh.cleo"
    assert "Cluster" not in found.ids
    assert "Method" not in found.ids


@pytest.mark.anyio
async def test_a_lineage_gives_its_strongest_step_of_the_whole_graph(opened):
    store = await opened(small_world())
    layer = await small_layer(store)
    derived = await opened(small_world(), layer, '{"ties": {}, "clusters": {}, "lineage": {}}')
    papers = await paper_ids(store)

    found = await examples_of(derived)

    assert found.ids["Paper"][:2] == (papers["Bridges"], papers["First Steps"])
    assert found.ids["Cluster"] == ("cluster:c", "cluster:b")
    assert found.ids["Method"] == ("method:pier",)


@pytest.mark.anyio
async def test_an_empty_graph_has_no_examples(opened):
    assert await examples_of(await opened([])) == Examples()


REPORT = """\
// A report; for tests
// about: Nothing.
// needs: {needs}
// backends: both
{params}
// column id: str
{cypher}
"""


def report(*params, cypher="RETURN 1 AS id", area="paths", needs="facts"):
    lines = "\n".join(f"// param {line} -- what; it is" for line in params)
    return parse_report(area, "a_report", REPORT.format(params=lines, cypher=cypher, needs=needs))


CHOICE = Examples(
    ids={"Author": ("a", "b", "c"), "Paper": ("new", "old"), "Topic": ("topic:x",)},
    ends=("left", "right"),
    partners=("a", "b"),
)


@pytest.mark.parametrize(
    ("area", "params", "values", "missing"),
    [
        ("paths", ["author: author"], {"author": "a"}, ()),
        ("paths", ["author: author = null"], {"author": None}, ()),
        ("paths", ["source: author", "target: author"], {"source": "left", "target": "right"}, ()),
        ("collaborators", ["target: author", "source: author"], {"target": "b", "source": "a"}, ()),
        ("paths", ["left: authors", "right: authors"], {"left": ["a"], "right": ["b"]}, ()),
        ("paths", ["authors: authors"], {"authors": ["a", "b", "c"]}, ()),
        ("lineage", ["older: paper", "newer: paper"], {"older": "old", "newer": "new"}, ()),
        ("lineage", ["a: paper", "b: paper"], {"a": "new", "b": "old"}, ()),
        ("papers", ["left: topic", "right: topic"], {"left": "topic:x"}, ("right",)),
        ("clusters", ["cluster: cluster", "limit: int = 5 [1..9]"], {"limit": 5}, ("cluster",)),
        ("papers", ["tier: str [strong|likely]"], {"tier": "strong"}, ()),
        ("papers", ["year: int [1900..2000]"], {"year": 1900}, ()),
        ("papers", ["text: str", "all: bool"], {}, ("text", "all")),
    ],
)
def test_a_report_is_filled_with_examples_and_defaults(area, params, values, missing):
    assert fill(report(*params, area=area), CHOICE) == Filled(values, missing)


@pytest.mark.parametrize(
    ("cypher", "written"),
    [
        ("RETURN $name", r"RETURN 'O\'Neil \\u0027'"),
        ("RETURN $name + $name", r"RETURN 'O\'Neil \\u0027' + 'O\'Neil \\u0027'"),
        ("RETURN $names, $other", "RETURN $names, $other"),
        (r"""RETURN '$name', 'a\'$name', "$name" """, r"""RETURN '$name', 'a\'$name', "$name" """),
        ("RETURN 1 // $name\n+ $number", "RETURN 1 // $name\n+ 7"),
        ("RETURN /* $name */ `$name` + $list", "RETURN /* $name */ `$name` + ['a', 'b']"),
        ("LIMIT toInteger($number)", "LIMIT toInteger(7)"),
        ("WHERE $none IS NULL OR $yes", "WHERE null IS NULL OR true"),
    ],
)
def test_values_take_the_place_of_parameters_and_of_nothing_else(cypher, written):
    values = {
        "name": r"O'Neil \u0027",
        "number": 7,
        "list": ["a", "b"],
        "none": None,
        "yes": True,
    }
    assert with_values(cypher, values) == written


# -- guide --------------------------------------------------------------------------------


class Markup(HTMLParser):
    """The tags of a guide and, for each slide, its texts and its commands."""

    def __init__(self):
        super().__init__()
        self.open, self.attributes, self.slides = [], set(), []

    def handle_starttag(self, tag, attrs):
        if tag not in ("br", "img"):
            self.open.append(tag)
        self.attributes |= {(tag, name, value) for name, value in attrs}
        if tag == "slide":
            self.slides.append({"text": "", "commands": []})
        if tag == "pre":
            self.runnable = "runnable" in dict(attrs)["class"]
            self.command = ""

    def handle_endtag(self, tag):
        assert self.open.pop() == tag
        if tag == "pre" and self.runnable:
            self.slides[-1]["commands"].append(self.command)

    def handle_data(self, data):
        if "pre" in self.open:
            self.command += data
        elif self.slides:
            self.slides[-1]["text"] += data


def read(text):
    markup = Markup()
    markup.feed(text)
    markup.close()
    assert markup.open == []
    assert markup.attributes == {
        ("article", "class", "guide"),
        ("carousel", "class", "deck container-fluid"),
        ("slide", "class", "row-fluid"),
        ("div", "class", "col-sm-12"),
        ("p", "class", "lead"),
        ("pre", "class", "pre-scrollable code runnable"),
        ("pre", "class", "pre-scrollable code"),
    }
    return markup.slides


def as_browser_leaves_it(text):
    """Take out what Neo4j Browser takes out of a guide before it shows it."""
    text = re.sub(r"(?i)\s+on[^\s=]+[^\s=]*\s*=\s*(\"[^\"]*\"|'[^']*'|[\w\-.:]+\s*)", "", text)
    text = re.sub(r"(?i)<script\b[^<]*(?:(?!</script>)<[^<]*)*(</script>)?", "", text)
    return re.sub(r"href=[\"'].*javascript:[^\"']*[\"']", 'href=""', text)


@pytest.mark.anyio
async def test_the_guide_walks_from_who_is_here_to_the_reports(opened):
    slides = read(await guide_of(await opened(small_world()), all_reports()))

    assert [slide["text"].strip().splitlines()[0] for slide in slides] == [
        "Who is here",
        "One author",
        "How two authors are connected",
        "Papers with code",
        "Clusters",
        "Lineage",
        "How sure is that?",
        "Reports",
    ]
    assert f":style {ADDRESS}/browser/style.grass" in slides[0]["commands"]
    assert ":param author => 'author:marsh.cleo'" in slides[1]["commands"]
    ends = ":param source => 'author:marsh.cleo'; :param target => 'author:quill.ada'"
    assert ends in slides[2]["commands"]
    assert "Cléo Marsh and Ada Quill" in slides[2]["text"]
    assert all(one.title in slides[7]["text"] for one in all_reports())


@pytest.mark.anyio
@pytest.mark.parametrize("parts", ["{}", '{"ties": {}, "clusters": {}, "lineage": {}}'])
async def test_every_query_reads_what_the_schema_has_with_parameters_set_before(opened, parts):
    layer = None if parts == "{}" else await small_layer(await opened(small_world()))
    store = await opened(small_world(), layer, parts)
    text = await guide_of(store, all_reports())

    assert as_browser_leaves_it(text) == text
    names = {node.label for node in NODE_TYPES} | {edge.type for edge in EDGE_TYPES}
    for slide in read(text):
        known = set()
        for command in slide["commands"]:
            if command.startswith(":"):
                known |= set(re.findall(r":param (\w+) =>", command))
                continue
            assert set(re.findall(r"\$(\w+)", command)) <= known, command
            assert set(re.findall(r"(?<=[:|])[A-Z]\w+", command)) <= names, command
            assert not re.search(r"\b(CREATE|MERGE|SET|DELETE|REMOVE|DROP|LOAD)\b", command)
            # With a semicolon, Browser would show no rows; what ends in null it would not run.
            assert ";" not in command
            assert not command.endswith("null")


@pytest.mark.anyio
async def test_what_is_not_derived_is_said_and_not_asked(opened):
    slides = read(await guide_of(await opened(small_world())))

    commands = "\n".join(command for slide in slides for command in slide["commands"])
    assert not re.search("COAUTHORED|Cluster|BUILDS_ON|Method", commands)
    assert "Ties are not computed yet: run coauthor-graph derive" in slides[1]["text"]
    assert "Clusters are not computed yet" in slides[4]["text"]
    assert "Steps of lineage are not computed yet" in slides[5]["text"]


@pytest.mark.anyio
async def test_what_was_derived_and_not_found_is_said(opened):
    parts = '{"ties": {}, "clusters": {}, "lineage": {}}'
    slides = read(await guide_of(await opened(small_world(), Graph(), parts)))

    assert "Clusters are computed, and this graph has none." in slides[4]["text"]
    assert "Steps of lineage are computed, and this graph has none." in slides[5]["text"]


@pytest.mark.anyio
async def test_a_derived_layer_has_its_slides(opened):
    layer = await small_layer(await opened(small_world()))
    parts = '{"ties": {}, "clusters": {}, "lineage": {}}'
    store = await opened(small_world(), layer, parts)
    papers = await paper_ids(store)

    slides = read(await guide_of(store, all_reports()))

    assert "COAUTHORED" in "".join(slides[1]["commands"])
    assert ":param cluster => 'cluster:c'" in slides[4]["commands"]
    assert f":param paper => '{papers['Bridges']}'" in slides[5]["commands"]
    assert "INTRODUCES" in slides[5]["commands"][-1]


@pytest.mark.anyio
async def test_an_empty_graph_gets_one_honest_slide(opened):
    (slide,) = read_loosely(await guide_of(await opened([]), all_reports()))

    assert "Nobody is here yet" in slide["text"]
    assert slide["commands"] == []


@pytest.mark.anyio
async def test_a_graph_of_one_solo_author_has_no_dead_query(opened):
    slides = read(await guide_of(await opened([paper("Alone", ["Eva Stone"])]), all_reports()))

    assert slides[2]["commands"] == slides[3]["commands"] == []
    assert "There is no example" in slides[2]["text"]
    assert "No loaded paper names the address" in slides[3]["text"]


def read_loosely(text):
    markup = Markup()
    markup.feed(text)
    markup.close()
    return markup.slides


@pytest.mark.anyio
async def test_data_is_text_in_the_guide_and_nothing_else(opened):
    text = await guide_of(await opened(HOSTILE), all_reports())

    slides = read(text)
    assert as_browser_leaves_it(text) == text
    assert EVE in slides[1]["text"]
    assert f"{EVE} and {MAL} share" in slides[2]["text"]
    assert TITLE in slides[3]["text"]
    for name in (EVE, MAL, TITLE):
        assert name not in text
    for slide in slides:
        for command in slide["commands"]:
            assert "</" not in command
            assert "DELETE" not in command


@pytest.mark.anyio
async def test_long_and_broken_texts_stay_on_one_line(opened):
    long = "Long " * 60
    records = [paper(long.strip(), ["Ada"], repositories=("https://github.com/a/b",))]
    text = await guide_of(await opened(records))

    assert ("Long " * 60).strip() not in text
    assert "…</bdi>" in text


@pytest.mark.anyio
async def test_a_guide_of_another_store_says_so(opened):
    store = await opened(small_world())
    revision = (await store.state()).facts_revision

    on_neo4j = await guide_of(store)
    elsewhere = await guide_of(store, on_neo4j=False)

    assert revision not in on_neo4j
    slide = read(elsewhere)[0]
    assert revision in slide["text"]
    assert "MATCH (s:Store) RETURN s.facts_revision" in slide["commands"]


@pytest.mark.anyio
async def test_a_stale_layer_is_told(opened):
    store = await opened(small_world(), Graph(), '{"ties": {}}')
    assert "older than the loaded facts" not in await guide_of(store)
    async with store.writing():
        await store.put([paper("New", ["Ada Quill"])])

    assert "older than the loaded facts" in await guide_of(store)


# -- favourites ---------------------------------------------------------------------------


def test_a_favourite_is_the_report_with_values_in_place():
    asked = report("author: author", "limit: int = 5 [1..9]", cypher="RETURN $author LIMIT $limit")

    assert favourite(asked, fill(asked, CHOICE), ()) == (
        "// A report, for tests\n"
        "// about: Nothing.\n"
        "// needs: facts\n"
        "// backends: both\n"
        "// author = 'a' (author) -- what, it is\n"
        "// limit = 5 (int [1..9]) -- what, it is\n"
        "// column id: str\n"
        "// To ask about others, put their ids or numbers in the statement.\n"
        "RETURN 'a' LIMIT 5\n"
    )


def test_a_favourite_says_what_it_lacks():
    cypher = "MATCH (c:Cluster {id: $cluster}) RETURN c.id AS id"
    asked = report("cluster: cluster", cypher=cypher, area="clusters", needs="derived")

    text = favourite(asked, fill(asked, Examples()), ["ties"])

    assert "// param cluster: cluster -- what, it is\n" in text
    assert "// This graph has nothing to give for $cluster. First run" in text
    assert "// Not computed when this was packed: clusters." in text
    assert text.endswith(cypher + "\n")
    whole = favourite(asked, fill(asked, Examples(ids={"Cluster": ("c",)})), ["clusters"])
    assert "Not computed" not in whole
    assert "$" not in whole


@pytest.mark.parametrize("name", [one.name for one in all_reports()])
def test_every_report_makes_one_statement(name):
    asked = next(one for one in all_reports() if one.name == name)
    everything = Examples(
        ids={node.label: tuple(f"{node.label}:{n}" for n in "123") for node in NODE_TYPES},
        ends=("author:left", "author:right"),
        partners=("author:a", "author:b"),
    )
    filled = fill(asked, everything)
    text = favourite(asked, filled, ())

    assert filled.missing == ()
    assert text.splitlines()[0] == f"// {asked.title}".replace(";", ",")
    assert "$" not in text
    assert ";" not in text
    # Comments first, then the statement: Browser and cypher-shell read the same.
    assert re.fullmatch(r"(//[^\n]*\n)+(?!//)[^$]+", text)


@pytest.mark.anyio
async def test_a_pack_is_the_same_bytes_each_time_with_a_folder_for_each_area(opened):
    store = await opened(small_world())
    examples = await examples_of(store)

    data = pack(all_reports(), examples, ())

    assert data == pack(all_reports(), await examples_of(store), ())
    archive = zipfile.ZipFile(io.BytesIO(data))
    assert archive.testzip() is None
    assert archive.namelist() == [f"{one.area}/{one.name}.cypher" for one in all_reports()]
    for entry in archive.infolist():
        assert entry.date_time == (1980, 1, 1, 0, 0, 0)
        assert stat.S_IMODE(entry.external_attr >> 16) == 0o644
    top = archive.read("collaborators/collaborators_top.cypher").decode()
    assert "{id: 'author:marsh.cleo'}" in top


# -- command line -------------------------------------------------------------------------


@pytest.fixture
def here(tmp_path, monkeypatch):
    for name in list(os.environ):
        if name.startswith("COAUTHOR_GRAPH"):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NO_COLOR", "1")
    runner = CliRunner()
    done = runner.invoke(program, ["demo", "--store", "file:demo.sqlite"])
    assert done.exit_code == 0, done.output
    return tmp_path


def browser_pack(*words):
    return CliRunner().invoke(program, ["browser-pack", *words, "--store", "file:demo.sqlite"])


def test_the_command_packs_and_says_what_it_lacks(here):
    done = browser_pack("out.zip", "--json")

    assert done.exit_code == 0, done.output
    fields = json.loads(done.stdout)
    assert fields["file"] == "out.zip"
    assert fields["reports"] == len(all_reports())
    assert fields["folders"][0] == "collaborators"
    assert fields["facts_revision"] == fields["derived_revision"]
    assert zipfile.ZipFile(here / "out.zip").testzip() is None
    assert sorted(path.name for path in here.glob("*.part")) == []


def test_a_file_is_replaced_only_by_force(here):
    (here / "out.zip").write_text("mine")

    refused = browser_pack("out.zip")
    assert refused.exit_code == 2
    assert "--force" in refused.stderr
    assert (here / "out.zip").read_text() == "mine"

    forced = browser_pack("out.zip", "--force")
    assert forced.exit_code == 0
    assert f"packed {len(all_reports())} reports" in forced.stdout
    first = (here / "out.zip").read_bytes()
    assert browser_pack("again.zip").exit_code == 0
    assert (here / "again.zip").read_bytes() == first


def test_nothing_is_written_where_there_is_no_store(here):
    done = CliRunner().invoke(program, ["browser-pack", "no.zip", "--store", "file:absent.sqlite"])

    assert done.exit_code == 1
    assert not (here / "no.zip").exists()
    assert not (here / "absent.sqlite").exists()


# -- who may read it ----------------------------------------------------------------------

BROWSER = "http://localhost:7474"
ROUTES = ["/browser/guide.html", "/browser/style.grass"]


@pytest.fixture
async def client(opened):
    app = create_app(Settings(store="memory:"), await opened(small_world()))
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://localhost:8000") as client,
    ):
        yield client


def preflight(origin, *, headers="cache-control,pragma,sentry-trace", **more):
    return {
        "Origin": origin,
        "Access-Control-Request-Method": "GET",
        "Access-Control-Request-Headers": headers,
        **more,
    }


def shared(response):
    return {name for name in response.headers if name.startswith("access-control")}


@pytest.mark.anyio
async def test_the_pages_are_served_as_they_are_now(client):
    page, style = [await client.get(path) for path in ROUTES]

    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert style.headers["content-type"] == "text/plain; charset=utf-8"
    assert style.text == grass()
    assert ":style http://localhost:8000/browser/style.grass" in page.text
    for response in (page, style):
        assert response.status_code == 200
        assert response.headers["cache-control"] == "no-store"
        assert response.headers["content-security-policy"].startswith("default-src 'none'")
        assert response.headers["x-content-type-options"] == "nosniff"


@pytest.mark.anyio
@pytest.mark.parametrize("path", ROUTES)
async def test_parameters_and_writing_are_refused(client, path):
    assert (await client.get(f"{path}?x=1")).status_code == 422
    assert (await client.post(path)).status_code == 405
    head = await client.head(path, headers={"Origin": BROWSER})
    assert head.content == b""
    assert head.headers["access-control-allow-origin"] == BROWSER


@pytest.mark.anyio
@pytest.mark.parametrize("path", ROUTES)
@pytest.mark.parametrize("origin", [BROWSER, "http://127.0.0.1:7474"])
async def test_the_browser_may_read_and_ask_with_any_header(client, path, origin):
    answer = await client.get(path, headers={"Origin": origin})
    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == origin
    assert "access-control-allow-credentials" not in answer.headers
    assert "Origin" in answer.headers["vary"]

    private = {"Access-Control-Request-Private-Network": "true"}
    asked = await client.options(path, headers=preflight(origin, **private))
    assert asked.status_code == 200
    assert asked.headers["access-control-allow-origin"] == origin
    assert asked.headers["access-control-allow-headers"] == "cache-control,pragma,sentry-trace"
    assert asked.headers["access-control-allow-private-network"] == "true"

    posted = preflight(origin) | {"Access-Control-Request-Method": "POST"}
    assert (await client.options(path, headers=posted)).status_code == 400


@pytest.mark.anyio
@pytest.mark.parametrize("path", ROUTES)
@pytest.mark.parametrize(
    "origin",
    [
        "http://evil.example",
        "null",
        "https://localhost:7474",
        "http://localhost:7475",
        BROWSER + "x",
    ],
)
async def test_other_origins_are_told_nothing(client, path, origin):
    assert shared(await client.get(path, headers={"Origin": origin})) == set()
    private = {"Access-Control-Request-Private-Network": "true"}
    asked = await client.options(path, headers=preflight(origin, **private))
    assert asked.status_code == 405
    assert shared(asked) == set()


@pytest.mark.anyio
@pytest.mark.parametrize(
    "path",
    ["/authors", "/reports", "/status", "/docs", "/openapi.json", "/browser", "/browserx/", "/no"],
)
async def test_other_routes_are_shared_with_nobody(client, path):
    assert shared(await client.get(path, headers={"Origin": BROWSER})) == set()
    assert shared(await client.options(path, headers=preflight(BROWSER))) == set()


@pytest.mark.parametrize(
    ("host", "server", "address"),
    [
        ("localhost:8000", ("127.0.0.1", 8000), "http://localhost:8000"),
        ("127.0.0.1:9000", ("0.0.0.0", 8000), "http://localhost:9000"),
        ("[::1]:9000", ("::1", 9000), "http://localhost:9000"),
        ("LOCALHOST", ("127.0.0.1", 80), "http://localhost"),
        ("evil.example:1", ("127.0.0.1", 8000), "http://localhost:8000"),
        ("localhost:8000/@evil", ("127.0.0.1", 8000), "http://localhost:8000"),
        ("localhost:80000000", ("127.0.0.1", 8000), "http://localhost:8000"),
        ("localhost:1\n.evil.example", ("127.0.0.1", 8000), "http://localhost:8000"),
        ("localhost.evil.example", ("127.0.0.1", 8000), "http://localhost:8000"),
        ("<script>", ("127.0.0.1", 8000), "http://localhost:8000"),
        ("", ("127.0.0.1", 8000), "http://localhost:8000"),
        ("evil.example", None, "http://localhost"),
    ],
)
def test_only_this_machine_s_own_name_is_believed(host, server, address):
    scope = {"type": "http", "headers": [(b"host", host.encode())], "server": server}
    assert own_address(scope) == address


@pytest.mark.parametrize(
    ("given", "origins"),
    [
        ("http://localhost:7474", ("http://localhost:7474",)),
        (" http://localhost:1 , https://graph.example ", ("http://localhost:1", "https://graph.example")),
        ('["http://[::1]:7474", "http://a.b"]', ("http://[::1]:7474", "http://a.b")),
        ("", ()),
    ],
)  # fmt: skip
def test_origins_are_read_with_commas_or_as_json(monkeypatch, given, origins):
    monkeypatch.setenv("COAUTHOR_GRAPH_BROWSER_ORIGINS", given)

    settings = read_settings()

    assert settings.browser_origins == origins
    assert settings.shown()["browser_origins"] == ", ".join(origins)


@pytest.mark.parametrize(
    "given",
    ["*", "localhost:7474", "http://localhost:7474/", "http://LOCALHOST", "[1]", "[", "null"],
)
def test_what_is_no_origin_is_refused(monkeypatch, given):
    monkeypatch.setenv("COAUTHOR_GRAPH_BROWSER_ORIGINS", given)

    with pytest.raises(SettingsError, match="COAUTHOR_GRAPH_BROWSER_ORIGINS"):
        read_settings()


def test_the_room_holds_no_name_of_a_machine():
    room = Path(__file__).parents[2] / "graph_service" / "browser_pack"
    text = "".join(path.read_text() for path in room.glob("*.py"))
    assert not re.search(r"https?://(?!localhost)", text)
