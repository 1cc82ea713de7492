"""A coauthorship knowledge graph: facts about authors and papers, and the questions asked of them."""

__version__ = "0.1.0"
