// Papers that are one work in two forms
MATCH (a)-[r:SAME_WORK_AS]->(b)
RETURN a.id AS a, b.id AS b, r.rule AS rule
ORDER BY a, b
