// The authors of papers, and how many records speak of each
UNWIND $ids AS id
MATCH (a:Author)-[r:AUTHORED]->(p:Paper {id: id})
USING INDEX SEEK p:Paper(id)
RETURN a.id AS start, p.id AS end, properties(r) AS properties, size(p.records) AS records
