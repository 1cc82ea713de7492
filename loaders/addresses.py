"""Addresses of the Web in running text, as written."""

import re

_ADDRESS = re.compile(
    r"""(?<![\w.@/-])
        (?: (?:git\+)?https?:// | git@ | git:// | www\. | (?:github|gitlab|bitbucket)\.(?:com|org)/ )
        [^\s<>"{}|\\^`\[\]]{1,2000}""",
    re.VERBOSE | re.IGNORECASE,
)
_AFTER = ".,;:!?'\u2019\u201d"
# Of a section that says where code and data are, or of a note that does.
AVAILABILITY = re.compile(
    r"\bavailab(?:ility|le)\b|\b(?:source|software|our) code\b|^code$", re.IGNORECASE
)


def find_addresses(text: str) -> tuple[str, ...]:
    """Find the addresses that a text names, each once, without what a sentence puts behind them."""
    found: dict[str, None] = {}
    for match in _ADDRESS.finditer(text):
        address = match[0].rstrip(_AFTER)
        while address.endswith(")") and address.count(")") > address.count("("):
            address = address[:-1].rstrip(_AFTER)
        found[address] = None
    return tuple(found)
