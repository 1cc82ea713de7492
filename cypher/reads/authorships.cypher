// The papers of authors
UNWIND $ids AS id
MATCH (a:Author {id: id})-[r:AUTHORED]->(p:Paper)
RETURN a.id AS start, p.id AS end, properties(r) AS properties
