// Methods that most other papers mention
// about: A row is a method that a later or same-day paper mentions, those that introduce it aside. Only papers in the store count, and only their titles and abstracts: figures are lower bounds. The window is of the mentioning papers; once it is given, those without a year are left out.
// needs: derived
// backends: both
// param first_year: int = null [1000..2999] -- first year of mentions counted
// param last_year: int = null [1000..2999] -- last year of mentions counted
// param limit: int = 25 [1..500] -- rows
// column method_id: str
// column method: str
// column introduced_year: int? -- first year of a paper that introduces it; absent: none has one
// column introduced_by: list -- papers that introduce it, ascending
// column mentions: int -- papers that mention it
// column paper_ids: list -- the first twenty of them by id
MATCH (m:Method)<-[:MENTIONS]-(p:Paper)
WHERE ($first_year IS NULL OR p.year >= $first_year)
  AND ($last_year IS NULL OR p.year <= $last_year)
  AND NOT EXISTS { (p)-[:INTRODUCES]->(m) }
WITH m, p ORDER BY p.id
WITH m, collect(p.id) AS ids
CALL (m) {
  MATCH (m)<-[:INTRODUCES]-(p:Paper)
  WITH p ORDER BY p.id
  RETURN min(p.year) AS introduced_year, collect(p.id) AS introduced_by
}
RETURN m.id AS method_id, m.name AS method, introduced_year, introduced_by,
       size(ids) AS mentions, ids[..20] AS paper_ids
ORDER BY mentions DESC, method_id
LIMIT toInteger($limit)
