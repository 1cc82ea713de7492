// Put ties back between authors who are both there again
UNWIND $ids AS id
CALL (id) {
  MATCH (t:TieAside {a: id}) RETURN t
  UNION
  MATCH (t:TieAside {b: id}) RETURN t
}
WITH DISTINCT t
MATCH (a:Author {id: t.a})
MATCH (b:Author {id: t.b})
MERGE (a)-[r:COAUTHORED]->(b)
SET r = {papers: t.papers, weight: t.weight, first_year: t.first_year, last_year: t.last_year}
DELETE t
