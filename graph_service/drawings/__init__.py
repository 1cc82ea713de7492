"""Answers about lineage as drawings: Mermaid, Graphviz DOT, and an SVG timeline."""
