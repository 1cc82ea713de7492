"""Ids: `scheme:value` in ASCII, computed from facts alone.

A slash stays as it is; a URL carries `quote(id, safe=":")`, a file name `quote(id, safe="")`.
"""

import re
from hashlib import blake2b
from urllib.parse import quote

from graph_service.model.errors import InvalidIdentifier
from graph_service.model.names import NameKey, fold

TITLE_SLUG_LENGTH = 60
LONGEST_SLUG = 200
# A name key holds no hyphen of its own, so this cannot be part of a name.
_ESCAPED_LETTER = re.compile(r"u([0-9a-f]{2,5}|10[0-9a-f]{4})-")
_ASCII_WORDS = re.compile(r"[a-z0-9_]+")
_ID = re.compile(r"[a-z][a-z0-9_-]*:[!-~]+")


def short_hash(text: str, digits: int) -> str:
    """Take the first `digits` hex digits of BLAKE2b-128."""
    return blake2b(text.encode(), digest_size=16).hexdigest()[:digits]


def ascii_letters(text: str) -> str:
    """Write letters outside ASCII as `u<hex>-` and any other character percent-escaped."""
    if text.isascii() and text.isalnum():
        return text
    return "".join(
        char
        if char.isascii() and (char.isalnum() or char in "_-")
        else f"u{ord(char):x}-"
        if char.isalnum()
        else quote(char, safe="")
        for char in text
    )


def slug(text: str) -> str:
    """Fold a text into words joined by hyphens.

    A text without letters becomes its hash; a slug over 200 characters is cut and ends in one,
    since an id is a key, and stores index keys of bounded size only.
    """
    if text.isascii():
        joined = "-".join(_ASCII_WORDS.findall(text.lower()))
    else:
        words = re.split(r"[\s-]+", fold(text))
        joined = "-".join(ascii_letters(word).rstrip("-") for word in words if word)
    if len(joined) > LONGEST_SLUG:
        return f"{joined[:LONGEST_SLUG]}~{short_hash(joined, 8)}"
    return joined or short_hash(text, 8)


def parse_id(text: str) -> str:
    """Check that a text is an id and return it.

    Raises:
        InvalidIdentifier: It is not `scheme:value` in printable ASCII.
    """
    if not _ID.fullmatch(text):
        raise InvalidIdentifier(text, "expected scheme:value in printable ASCII without blanks")
    return text


def is_id(text: str) -> bool:
    """Tell an id from a name: does a known shape `scheme:value` fit?"""
    return bool(_ID.fullmatch(text))


def author_id(key: NameKey) -> str:
    """The id of the (first) author of a name key."""
    return f"author:{slug_of_key(key)}"


def key_of_author_id(author: str) -> NameKey | None:
    """Take the name key out of an author id that was made from one; absent for other ids."""
    scheme, _, value = author.partition(":")
    if scheme != "author":
        return None
    letters = _ESCAPED_LETTER.sub(lambda match: chr(int(match[1], 16)), value.split("~")[0])
    return NameKey.from_text(letters)


def namesake_id(base: str, first_mention: str, digits: int = 6) -> str:
    """The id of a further author of the same name key, told apart by the smallest mention."""
    return f"{base}~{short_hash(first_mention, digits)}"


def name_id(source: str, key: NameKey) -> str:
    """The id of a Name: what one source prints under one key."""
    return f"name:{source}/{slug_of_key(key)}"


def author_id_of_name(name: str) -> str:
    """The id of the (first) author of a Name's key, by the Name's id; see `name_id`."""
    return f"author:{name.partition('/')[2]}"


def slug_of_key(key: NameKey) -> str:
    """A name key as ids hold it."""
    if "".join(key).isalnum() and (text := key.text).isascii():  # as nearly all are
        return text
    return ".".join(ascii_letters(part) for part in key).rstrip(".")


def title_paper_id(title: str, record_id: str) -> str:
    """The id of a paper that no identifier names."""
    words = slug(title)
    if len(words) > TITLE_SLUG_LENGTH:
        words = words[:TITLE_SLUG_LENGTH].rsplit("-", 1)[0]
    return f"title:{words}~{short_hash(record_id, 8)}"


def affiliation_id(name: str) -> str:
    """The id of an organisation known by name only."""
    return f"affiliation:{slug(name)}"


def topic_id(scheme: str, name: str) -> str:
    """The id of a subject in the scheme its source uses."""
    return f"topic:{slug(scheme)}/{slug(name)}"


def venue_id(name: str) -> str:
    """The id of a venue known by name only."""
    return f"venue:{slug(name)}"


def source_id(name: str) -> str:
    """The id of a source."""
    return f"source:{name}"


def method_id(name: str, first_paper: str) -> str:
    """The id of a method: its name, and the first paper that introduces it for namesakes."""
    return f"method:{slug(name)}~{short_hash(f'{name} {first_paper}', 8)}"


def in_url(node_id: str) -> str:
    """Quote an id for the path of a URL."""
    return quote(node_id, safe=":")
