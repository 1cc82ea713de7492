"""The parts of `local_neo4j.py`, by idea. Standard library only."""
