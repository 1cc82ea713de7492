"""Stores: one protocol, an embedded and a Neo4j implementation, and the fold both share."""
