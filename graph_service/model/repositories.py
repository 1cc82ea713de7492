"""Code repositories named in running text, in one canonical form: `github:owner/name`.

Source: GitHub's rules for account and repository names; the reading of LaTeX and prose
around an address is described, with examples, in docs/identity.md.
"""

import re
from typing import NamedTuple

RESERVED_OWNERS = frozenset(
    [
        "features",
        "topics",
        "orgs",
        "sponsors",
        "settings",
        "marketplace",
        "about",
        "login",
        "join",
        "pricing",
        "collections",
        "search",
        "notifications",
        "apps",
        "user-attachments",
        "security",
        "enterprise",
    ]
)


class Repository(NamedTuple):
    """A repository: its id and its name as first written."""

    id: str
    name: str


_HREF = re.compile(r"\\href\s*\{([^{}]*)\}\s*\{([^{}]*)\}")
_WRAPPED = re.compile(r"\\(?:url|texttt|path|nolinkurl|footnote)\s*\{([^{}]*)\}")
_ESCAPED = re.compile(r"\\([_#%])")
_ADDRESS = re.compile(
    r"""(?<![\w.-])
        (?:git@|ssh://git@|(?:git\+)?https?://|git://)?
        (?:www\.)?github\.com[/:]
        (?P<owner>[A-Za-z0-9](?:-?[A-Za-z0-9]){0,38})
        (?: / (?P<name>[A-Za-z0-9._-]{1,100}) | (?![\w./-]) )""",
    re.VERBOSE | re.IGNORECASE | re.ASCII,
)


def _plain(text: str) -> str:
    text = _HREF.sub(r" \1 \2 ", text)
    text = _WRAPPED.sub(r" \1 ", text)
    return _ESCAPED.sub(r"\1", text).replace(r"\~{}", "~")


def find_repositories(text: str) -> tuple[Repository, ...]:
    """Find the repositories that a text names, each once, in order of appearance.

    Only addresses of a repository count: an owner's page, a project page (`….github.io`), a
    gist or a raw file is none. Empty when there are none.
    """
    found: dict[str, Repository] = {}
    for match in _ADDRESS.finditer(_plain(text)):
        owner, name = match["owner"], (match["name"] or "").rstrip(".,;:")
        if name.lower().endswith(".git"):
            name = name[:-4]
        if not name.strip(".") or len(owner) > 39 or owner.lower() in RESERVED_OWNERS:
            continue
        node_id = f"github:{owner}/{name}".lower()
        found.setdefault(node_id, Repository(node_id, f"{owner}/{name}"))
    return tuple(found.values())
