// The papers of authors, and how many records speak of each
UNWIND $ids AS id
MATCH (a:Author {id: id})-[r:AUTHORED]->(p:Paper)
USING INDEX SEEK a:Author(id)
RETURN a.id AS start, p.id AS end, properties(r) AS properties, size(p.records) AS records
