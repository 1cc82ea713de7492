// What papers print for shared nodes, some papers left out
UNWIND $ids AS id
MATCH (p:Paper)-[r:TYPE]->(n:LABEL {id: id})
USING INDEX SEEK n:LABEL(id)
WHERE NOT p.id IN $besides
RETURN n.id AS id, collect(DISTINCT r.as_printed) AS printed
