// Every node of a label that papers share, with its papers
MATCH (n:LABEL)
RETURN properties(n) AS node, [(p:Paper)-[:TYPE]->(n) | p.id] AS papers
ORDER BY n.id
