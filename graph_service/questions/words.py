"""Counts in sentences."""


def many(count: int, one: str, more: str) -> str:
    """Count in words that fit the number: "1 paper names", "2 papers name"."""
    return f"{count} {one if count == 1 else more}"
