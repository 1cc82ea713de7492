"""The weights of lineage evidence, in one table: `lineage-2`."""

from dataclasses import dataclass, field
from typing import Literal

from graph_service.model.lineage_kinds import Tier

# "none": too low to be kept; such a step is there only because somebody accepted it.
Cue = Literal["extends", "revisits", "succeeds", "uses", "compares"]
UNTESTED_SIZE = "untested size"


@dataclass(frozen=True, slots=True)
class LineageModel:
    """Every constant of the evidence; points and scores in hundredths where the name says so."""

    id: str = "lineage-2"
    # Sizes of a scope on which the weights were not tried.
    fewest_papers: int = 15
    most_papers: int = 300
    # Mentions of a name.
    mention_in_title: float = 5.0
    mention_in_abstract: float = 4.0
    scoring_cue: float = 1.0
    cue_before: int = 90
    cue_after: int = 60
    scoring_cues: tuple[Cue, ...] = ("extends", "revisits", "succeeds", "uses")
    # Versions of one family.
    family_strength: float = 0.8
    family_same: float = 4.0
    family_grew: float = 5.0
    # Likeness of texts.
    text_factor: float = 20.0
    text_cap: float = 6.0
    text_least: float = 0.05
    title_weight: int = 2
    phrase_words: int = 2
    fewest_papers_of_phrase: int = 2
    most_share_of_phrase: float = 0.4
    no_limits_below: int = 5
    floor_percentile: float = 75.0
    small_scope: int = 25
    small_scope_most_floor: float = 0.10
    large_scope_least_floor: float = 0.06
    floor_from_all_pairs: int = 1_500
    floor_pairs: int = 200_000
    floor_seed: int = 2
    phrases_shown: int = 5
    # Shared authors and owners.
    author_factor: float = 0.5
    first_author_factor: float = 1.3
    later_author_factor: float = 0.6
    author_cap: float = 2.5
    owner_factor: float = 0.5
    owner_cap: float = 0.5
    owner_fewest_papers: int = 3
    # Time.
    days_of_a_year: float = 365.25
    gap_free_years: float = 1.5
    gap_per_year: float = -0.8
    gap_cap: float = -4.0
    gap_factor_if_named: float = 0.4
    same_day: float = -0.3
    # Citations, which count only in a model that says so.
    cited: float = 0.0
    not_cited: float = 0.0
    stated_intent: float = 0.0
    intents: tuple[str, ...] = ("extends", "uses")
    in_text: float = 0.0
    in_text_cap: float = 0.0
    # Candidate pairs.
    nearest_texts: int = 20
    most_papers_of_posting: int = 200
    most_papers_of_author: int = 200
    latest_of_author: int = 100
    # Tiers, in hundredths, best first; what is below the last is not stored.
    tiers: tuple[tuple[Tier, int], ...] = field(
        default=(("strong", 520), ("likely", 385), ("possible", 300), ("tentative", 239))
    )
    # Selection.
    stored_rank: int = 3
    stored_share_of_best: float = 0.5
    shown_rank: int = 2
    shown_tier: Tier = "possible"
    # Chains.
    most_worth: float = 5.0
    worth_offset: float = 2.0
    insertion_share: float = 0.8
    topic_words: int = 3
    topic_saturation: float = 1.2
    topic_blank_weight: float = 0.5
    topic_name_weight: float = 4.0
    topic_off: float = 0.2
    topic_off_points: float = 0.8
    topic_chains: int = 3
    timeline_least: float = 0.35
    timeline_most: int = 8

    def least(self, tier: Tier) -> int:
        """The lowest score of a tier, in hundredths."""
        return dict(self.tiers)[tier]

    def tier(self, score: int) -> Tier | None:
        """The tier of a score in hundredths; absent: too low to be stored."""
        return next((tier for tier, least in self.tiers if score >= least), None)

    def reach(self, papers: int) -> int:
        """How many papers before one count of those of an author, a family or a name.

        `papers` is how many there are in all; unless they are many, every one before counts.
        """
        return self.latest_of_author if papers > self.most_papers_of_author else papers

    @property
    def with_citations(self) -> bool:
        """Whether citations are evidence."""
        return bool(self.cited or self.not_cited or self.stated_intent or self.in_text)

    def calibration(self, papers: int) -> str | None:
        """What to say of the size of a scope; absent: the weights were set on such sizes."""
        return None if self.fewest_papers <= papers <= self.most_papers else UNTESTED_SIZE


LINEAGE_MODEL = LineageModel()
# With citations as evidence; its weights are assumed, not measured.
CITES_MODEL = LineageModel(
    id="lineage-2+cites",
    cited=1.5,
    not_cited=-2.5,
    stated_intent=2.0,
    in_text=0.5,
    in_text_cap=1.5,
)
MODELS = {model.id: model for model in (LINEAGE_MODEL, CITES_MODEL)}
