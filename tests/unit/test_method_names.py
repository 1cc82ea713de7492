"""Names that papers coin, rule by rule, on invented titles and abstracts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph_service.derive.method_names import (
    Context,
    Name,
    NameIndex,
    family,
    is_coined,
    method_names,
    names_in,
    pattern_of,
    settled,
)


def found(title="", abstract=""):
    return {name.name: (name.how, name.strength) for name in names_in(title, abstract).values()}


@pytest.mark.parametrize("text", ["LoomNet", "KRLT", "T4D", "W-Net", "Cargo-Weaver", "mLoom"])
def test_coined_shapes(text):
    assert is_coined(text)


@pytest.mark.parametrize("text", ["Loom", "loom", "A", "Woven loom", "co-author"])
def test_words_are_not_coined(text):
    assert not is_coined(text)


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Glowtile: Fast Rendering", {"Glowtile": ("head", 1.0)}),
        ("Big Loom-X Net: Weaving", {"Big Loom-X Net": ("head", 1.0)}),
        ("Glowtile-2 Technical Report: Tiles", {"Glowtile-2": ("head", 1.0)}),
        ("Sparse Ladder Training: Steps", {"Sparse Ladder Training": ("phrase head", 0.7)}),
        ("A Long Head of Many Words: Steps", {}),
        ("Dynamic LoomNet", {"Dynamic LoomNet": ("short title", 0.6)}),
        ("Woven Kernels", {"Woven Kernels": ("short title", 0.3)}),
        ("Do Looms Weave?", {}),
        ("BERT: Something", {}),
        ("'Loomer': Weaving", {"Loomer": ("head", 1.0)}),
        ("The weaving of many different carpets", {}),
    ],
)
def test_names_in_titles(title, expected):
    assert found(title) == expected


@pytest.mark.parametrize(
    ("abstract", "expected"),
    [
        (
            "In short, we propose a simple fast module KernelWeave for looms.",
            {"KernelWeave": ("coined", 0.8)},
        ),
        ("a loom called 'LoomX' that weaves", {"LoomX": ("coined", 0.8)}),
        ("This paper presents R-Loom.v2, a loom", {"R-Loom.v2": ("coined", 0.8)}),
        ("we introduce looms for WarpNet", {}),
        ("we introduce a loom mLoom", {}),
        ("a shift dubbed Woven Shift works", {"Woven Shift": ("dubbed", 0.8)}),
        ("it is named as the Woven Shift", {}),
        (
            "we study woven kernel networks (WoveNets in short) here",
            {"WoveNets": ("acronym", 0.8)},
        ),
        ("others use woven kernel networks (WoveNets)", {}),
        ("we like sand (WoveNets)", {}),
        ("we use a novel loom (3D)", {}),
    ],
)
def test_names_in_abstracts(abstract, expected):
    assert found("A title of quite ordinary words", abstract) == expected


def test_later_versions_of_a_numbered_name_are_its_relatives():
    abstract = "Beside lumo-3.5-mini there are Lumo-2, pre-lumo-4 and Lumo-3."
    assert found("Lumo-3: A Model", abstract) == {
        "Lumo-3": ("head", 1.0),
        "lumo-3.5-mini": ("family", 0.8),
    }


def test_the_stronger_of_two_rules_stays():
    assert found("LoomX: Weaving", "we propose LoomX") == {"LoomX": ("head", 1.0)}


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Krolv2", ("krol", 2.0)),
        ("Lumo-4-Mini", ("lumo", 4.0)),
        ("Lumo-2.5-large", ("lumo", 2.5)),
        ("Lumo2", None),
        ("Florence", ("florence", 1.0)),
        ("loom", None),
        ("Two Words", None),
    ],
)
def test_families(name, expected):
    assert family(name) == expected


@pytest.mark.parametrize(
    ("name", "text", "there"),
    [
        ("Cargo-Weaver", "the CargoWeaver loom", True),
        ("Cargo-Weaver", "the Cargo Weavers", True),
        ("Cargo-Weaver", "the cargo-weaver", False),
        ("Woven Kernels", "our woven-kernels", True),
        ("Woven Kernels", "wovenkernels", False),
        ("Phi-3", "the Phi-3.5-Mini", True),
        ("LoomNet", "LoomNets", True),
        ("LoomNet", "LoomNetwork", False),
        ("Florence", "in florence", False),
    ],
)
def test_finding_a_name_in_a_text(name, text, there):
    assert bool(pattern_of(name).search(text)) == there
    assert NameIndex([name]).found_in(text) == ([name] if there else [])


pieces = st.sampled_from(["Loom", "Net", "X", "v2", "3", "woven", "Kernel", "β", "A+", "s"])
names = st.lists(pieces, min_size=1, max_size=3).flatmap(
    lambda parts: st.sampled_from(["-", " ", ""]).map(lambda between: between.join(parts))
)


@given(
    st.sets(names, max_size=6), st.lists(st.one_of(names, st.just("the")), max_size=6).map(" ".join)
)
def test_the_index_finds_what_trying_every_name_finds(some, text):
    assert NameIndex(some).found_in(text) == sorted(
        name for name in some if pattern_of(name).search(text)
    )


# -- with the scope in view ---------------------------------------------------------------


def scope(found_in, days=("2020-01-01", "2019-01-01", "2021-01-01", "2021-02-01", "2021-03-01")):
    people = (frozenset({1, 2}), frozenset({3}), frozenset({4}), frozenset({5}), frozenset({6}))
    return Context(found_in, dict(enumerate(days)), dict(enumerate(people)))


def kept(name, context, title="A title", strength=0.8, how="coined"):
    return [
        (each.name, each.strength)
        for each in settled(0, title, {name: Name(name, how, strength)}, context)
    ]


def test_a_name_that_an_older_paper_holds_was_borrowed():
    assert kept("LoomX", scope({"LoomX": [0, 1]})) == []
    assert kept("LoomX", scope({"LoomX": [0, 2]})) == [("LoomX", 0.8)]
    assert kept("LoomX", scope({"LoomX": [0, 1]}), strength=1.0) == [("LoomX", 1.0)]
    undated = scope({"LoomX": [0, 1]}, days=("", "2019-01-01", "", "", ""))
    assert kept("LoomX", undated) == [("LoomX", 0.8)]


def test_short_acronyms_count_half_outside_the_title_and_not_at_all_as_fields():
    assert kept("KRLT", scope({})) == [("KRLT", 0.4)]
    assert kept("KRLT", scope({}), title="KRLT at work") == [("KRLT", 0.8)]
    assert kept("KRLT", scope({"KRLT": [0, 2, 3, 4]})) == []


def test_plurals_of_generic_names_go():
    assert kept("MLPs", scope({})) == []
    assert kept("ReLUs", scope({}), how="acronym") == []
    assert kept("LoomXs", scope({}), how="acronym") == [("LoomXs", 0.8)]


def test_the_display_name_is_strongest_then_shortest_then_first():
    names = {
        name: Name(name, "coined", strength)
        for name, strength in (("BbX", 0.8), ("AaX", 0.8), ("LongerX", 0.8), ("Weak", 0.3))
    }
    assert method_names(settled(0, "t", names, scope({}))) == ["AaX", "BbX", "LongerX"]
