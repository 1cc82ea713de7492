// One node that papers share, with its papers
MATCH (n:LABEL {id: $id})
RETURN properties(n) AS node, [(p:Paper)-[:TYPE]->(n) | p.id] AS papers
