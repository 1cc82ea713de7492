"""For Neo4j Browser: a guide through the loaded graph, a style, and the reports as favourites."""
