"""References of a paper as they are counted together."""

from dataclasses import dataclass, field


@dataclass(slots=True)
class Citations:
    """The works that a paper cites, each once, and how many have no identifier."""

    cited: dict[str, int | None] = field(default_factory=dict)
    unidentified: int = 0

    def add(self, identifier: str | None, in_text: int | None = None) -> None:
        """Add an entry of the list: what names the work, and how often the text points at it."""
        if identifier is None:
            self.unidentified += 1
            return
        before = self.cited.get(identifier)
        together = in_text if before is None else before + (in_text or 0)
        self.cited[identifier] = together

    def fields(self) -> dict[str, object]:
        """The fields of a paper that hold them, to be validated; none where there is no entry."""
        if not self.cited and not self.unidentified:
            return {}
        return {
            "references": tuple(
                {"to": to} if in_text is None else {"to": to, "in_text": in_text}
                for to, in_text in self.cited.items()
            ),
            "references_unidentified": self.unidentified,
        }
