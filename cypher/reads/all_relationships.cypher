// Every relationship of a type
MATCH (a:START_LABEL)-[r:TYPE]->(b:END_LABEL)
RETURN a.id AS start, b.id AS end, properties(r) AS properties
