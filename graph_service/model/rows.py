"""Rows of large answers, built without validating values that are right by construction."""

from typing import Any, TypeVar

from pydantic import BaseModel

Row = TypeVar("Row", bound=BaseModel)

# One set for all rows of a model; they are frozen, so that nothing is ever added to it.
_NAMES: dict[type[BaseModel], set[str]] = {}


def row(kind: type[Row], /, **fields: Any) -> Row:
    """Build a model of all its fields, unchecked.

    A path holds some dozens of rows whose values come straight from arrays; validating them
    takes longer than finding the path, and `model_construct`, which looks for aliases and
    defaults, half as long. Tests compare such answers with validated ones.

    Args:
        kind: The model.
        fields: Every field by name, in the model's order.
    """
    if (names := _NAMES.get(kind)) is None:
        names = _NAMES[kind] = set(kind.model_fields)
    made = kind.__new__(kind)
    object.__setattr__(made, "__dict__", fields)
    object.__setattr__(made, "__pydantic_fields_set__", names)
    object.__setattr__(made, "__pydantic_extra__", None)
    object.__setattr__(made, "__pydantic_private__", None)
    return made
