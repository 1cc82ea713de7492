"""What the command line understands about sets whose people are known; see `cli/gold_sets.py`."""
# ruff: noqa: PLC0415

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from graph_service.cli.edge import edge
from graph_service.cli.people_commands import Json, evaluate


class Gold(StrEnum):
    """The sets that can be read."""

    ACL = "acl"
    ORCID = "orcid"
    INSPIRE = "inspire"
    MEDLINE = "medline"
    S2AND = "s2and"


def add_to(_: typer.Typer) -> None:
    """Put the command into `evaluate`."""
    evaluate.command(
        "identity",
        epilog="Example: coauthor-graph evaluate identity --set inspire and_inspire_wang --strict",
    )(evaluate_identity)


def evaluate_identity(
    folder: Annotated[
        Path,
        typer.Argument(
            metavar="DATA_FOLDER", help="Where the set's files are, bare or in a tar archive."
        ),
    ],
    *,
    gold: Annotated[Gold, typer.Option("--set", help="Which set it is.")],
    strict: Annotated[
        bool, typer.Option("--strict", help="With the rules that ask for evidence of more names.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Score the rules of identity on a set whose people are known, beside equal names alone."""
    with edge(as_json=as_json):
        from graph_service.cli.asking import answered
        from graph_service.cli.gold_sets import read_gold_set
        from graph_service.cli.gold_tables import evaluation
        from graph_service.identity.rule_table import IDENTITY, STRICT
        from graph_service.questions import identity_evaluation

        answer = identity_evaluation.evaluate_identity(
            read_gold_set(gold.value, folder), table=STRICT if strict else IDENTITY
        )
        answered(answer, evaluation, as_json=as_json)
