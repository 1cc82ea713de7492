"""A graph style (GRASS) for Neo4j Browser 5: colour, size and caption of every label and type.

GRASS knows rules by label and by relationship type only, none by property. What differs from one
relationship to the next, such as a tier or a weight, is therefore in its caption.

Node colours are those of Okabe and Ito, which people with any common colour blindness can tell
apart, and pale ones beside them for what stands further back; sizes differ too. No rule holds a
comment, since Browser's parser would take it for part of a name.

Source: M. Okabe, K. Ito, "Color Universal Design" (2008).
"""

from dataclasses import dataclass

BLACK, WHITE = "#000000", "#FFFFFF"
BLUE, SKY, GREEN, YELLOW = "#0072B2", "#56B4E9", "#009E73", "#F0E442"
ORANGE, VERMILLION, PURPLE = "#E69F00", "#D55E00", "#CC79A7"
PALE_BLUE, PALE_PURPLE, PALE_GREEN = "#CFE3F3", "#F3DCE8", "#CDEBDF"
DARK_GREY, GREY, PALE_GREY, QUIET_GREY = "#4D4D4D", "#767676", "#DDDDDD", "#EEEEEE"


@dataclass(frozen=True, slots=True)
class NodeStyle:
    """How nodes of a label look; `caption` names properties in braces.

    `text` is the colour of the caption, which stands inside the circle.
    """

    color: str
    text: str
    caption: str
    diameter: int = 50
    border: str = DARK_GREY


@dataclass(frozen=True, slots=True)
class EdgeStyle:
    """How relationships of a type look; a caption of `<type>` is the type itself.

    `text` is the colour of the type's name where Browser lists the types, on `color`.
    """

    color: str
    caption: str = "<type>"
    width: int = 1
    text: str = WHITE


NODE_STYLES: dict[str, NodeStyle] = {
    "Author": NodeStyle(BLUE, WHITE, "{name}", diameter=65),
    "Paper": NodeStyle(ORANGE, BLACK, "{title}", diameter=65),
    "Repo": NodeStyle(GREEN, BLACK, "{name}"),
    "Affiliation": NodeStyle(VERMILLION, BLACK, "{name}"),
    "Topic": NodeStyle(SKY, BLACK, "{name}"),
    "Venue": NodeStyle(YELLOW, BLACK, "{name}"),
    "Source": NodeStyle(DARK_GREY, WHITE, "{label}"),
    "Name": NodeStyle(PALE_BLUE, BLACK, "{name}", border=BLUE),
    "Decision": NodeStyle(PALE_PURPLE, BLACK, "{number} {op}", border=PURPLE),
    "Cluster": NodeStyle(BLACK, WHITE, "{label}", diameter=80),
    "Component": NodeStyle(PALE_GREEN, BLACK, "{size}", border=GREEN),
    "Method": NodeStyle(PURPLE, BLACK, "{name}"),
    "Derivation": NodeStyle(PALE_GREY, BLACK, "{status}"),
    # What the store keeps for itself: small and pale.
    "Record": NodeStyle(QUIET_GREY, DARK_GREY, "{id}", diameter=40, border=PALE_GREY),
    "Store": NodeStyle(QUIET_GREY, DARK_GREY, "{facts_revision}", diameter=40, border=PALE_GREY),
    "Writer": NodeStyle(QUIET_GREY, DARK_GREY, "{id}", diameter=40, border=PALE_GREY),
    "Reference": NodeStyle(QUIET_GREY, DARK_GREY, "{id}", diameter=40, border=PALE_GREY),
    "Key": NodeStyle(QUIET_GREY, DARK_GREY, "{id}", diameter=40, border=PALE_GREY),
    "Aside": NodeStyle(QUIET_GREY, DARK_GREY, "{type}", diameter=40, border=PALE_GREY),
}

EDGE_STYLES: dict[str, EdgeStyle] = {
    # The place on the paper; nothing where it is not printed.
    "AUTHORED": EdgeStyle(GREY, "{position}"),
    # Papers shared, and Newman's weight.
    "COAUTHORED": EdgeStyle(BLUE, "{papers} · {weight}", width=3),
    "AFFILIATED_WITH": EdgeStyle(VERMILLION, text=BLACK),
    "HAS_CODE": EdgeStyle(GREEN, text=BLACK),
    "HAS_TOPIC": EdgeStyle(SKY, text=BLACK),
    "PUBLISHED_IN": EdgeStyle(YELLOW, text=BLACK),
    "LISTED_IN": EdgeStyle(DARK_GREY),
    "CITES": EdgeStyle(BLACK, "cites"),
    "REFERS_TO": EdgeStyle(DARK_GREY),
    "SAME_WORK_AS": EdgeStyle(ORANGE, "{rule}", width=2, text=BLACK),
    "HAS_KEY": EdgeStyle(DARK_GREY),
    "NAME_OF": EdgeStyle(BLUE, "{status}"),
    "SAME_AS": EdgeStyle(PURPLE, "{rule}", width=2, text=BLACK),
    "ALIGNED_WITH": EdgeStyle(PURPLE, "one on a paper", text=BLACK),
    "BEARS": EdgeStyle(DARK_GREY),
    "IN_CLUSTER": EdgeStyle(BLACK, "{share}"),
    "IN_COMPONENT": EdgeStyle(GREEN, "core {core}", text=BLACK),
    "INTRODUCES": EdgeStyle(PURPLE, "introduces", width=3, text=BLACK),
    "MENTIONS": EdgeStyle(PURPLE, "mentions", text=BLACK),
    "BUILDS_ON": EdgeStyle(VERMILLION, "{tier}", width=3, text=BLACK),
}

# For a label or type that came into the database from elsewhere.
OTHER_NODE = NodeStyle(QUIET_GREY, DARK_GREY, "<id>", border=PALE_GREY)
OTHER_EDGE = EdgeStyle(GREY)


def grass() -> str:
    """Write the style as GRASS, the rules for anything else first."""
    rules = [
        _node_rule("node", OTHER_NODE),
        *(_node_rule(f"node.{label}", style) for label, style in NODE_STYLES.items()),
        _edge_rule("relationship", OTHER_EDGE),
        *(_edge_rule(f"relationship.{kind}", style) for kind, style in EDGE_STYLES.items()),
    ]
    return "\n".join(rules)


def _node_rule(selector: str, style: NodeStyle) -> str:
    return _rule(
        selector,
        {
            "diameter": f"{style.diameter}px",
            "color": style.color,
            "border-color": style.border,
            "border-width": "2px",
            "text-color-internal": style.text,
            "font-size": "10px",
            "caption": f"'{style.caption}'",
        },
    )


def _edge_rule(selector: str, style: EdgeStyle) -> str:
    return _rule(
        selector,
        {
            "color": style.color,
            "shaft-width": f"{style.width}px",
            "font-size": "8px",
            "padding": "2px",
            # Beside the line; on a dark screen Browser takes white instead.
            "text-color-external": BLACK,
            "text-color-internal": style.text,
            "caption": f"'{style.caption}'",
        },
    )


def _rule(selector: str, properties: dict[str, str]) -> str:
    lines = [f"  {name}: {value};\n" for name, value in properties.items()]
    return f"{selector} {{\n{''.join(lines)}}}\n"
