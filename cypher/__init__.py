"""Cypher files: schema, writes, reads and canned reports; see each file's first line."""
