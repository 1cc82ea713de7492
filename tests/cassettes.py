"""Answers of services as tests of others recorded them (vcr, in YAML)."""

import base64
import binascii
import gzip
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import yaml

_GZIP = b"\x1f\x8b"


class Answer(NamedTuple):
    """The body of an answer, and where it was asked for."""

    address: str
    body: bytes


def answers(path: Path) -> Iterator[Answer]:
    """The answers of a cassette, in order, unpacked."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    cassette = yaml.load(path.read_bytes(), loader)
    for one in cassette.get("interactions") or cassette["http_interactions"]:
        response = one["response"]
        body = response.get("body") or {}
        text = body.get("string") or body.get("base64_string") or response.get("content") or b""
        yield Answer(one["request"]["uri"], _plain(text))


def _plain(text: str | bytes) -> bytes:
    raw = text if isinstance(text, bytes) else text.encode()
    if not raw.lstrip().startswith((b"{", b"[", b"<", _GZIP)):
        # Ruby writes whatever is not ASCII in base 64.
        try:
            raw = base64.b64decode(b"".join(raw.split()), validate=True)
        except binascii.Error:
            return raw
    return gzip.decompress(raw) if raw.startswith(_GZIP) else raw
