"""Canned reports: a Cypher file for Neo4j and a twin in Python for the embedded store."""
