"""The words for steps of lineage that are stored, and shown in answers."""

from typing import Literal

Tier = Literal["strong", "likely", "possible", "tentative", "none"]
Kind = Literal["version", "successor", "extends", "revisits", "uses", "mentions", "continues"]
EvidenceKind = Literal[
    "mention",
    "family",
    "text",
    "authors",
    "repo_owner",
    "gap",
    "same_day",
    "cited",
    "not_cited",
    "intent",
    "in_text",
]
