// Organisations named on the same papers
// about: A row is a pair of organisations that papers name together. Affiliations are the paper's: a pair may be one author's two posts or two authors' one each. Names differing by more than case, accents and hyphens are two organisations. Papers that name more than max_affiliations are not counted, nor, once a window is given, those without a year.
// needs: facts
// backends: both
// param affiliation: affiliation = null -- affiliation id at either end; absent: all pairs
// param first_year: int = null [1000..2999] -- first year of the window, included
// param last_year: int = null [1000..2999] -- last year of the window, included
// param max_affiliations: int = 50 [2..20000] -- most organisations on a paper counted
// param min_papers: int = 1 [1..10000] -- fewest papers of a pair
// param limit: int = 25 [1..500] -- rows
// column a_id: str -- the smaller id of the two
// column a: str
// column b_id: str
// column b: str
// column papers: int -- papers that name both
// column first_year: int? -- absent: none of them has a year
// column last_year: int?
// column paper_ids: list -- the first 20 of them, ascending
MATCH (one:Affiliation)
WHERE $affiliation IS NULL OR one.id = $affiliation
MATCH (one)<-[:AFFILIATED_WITH]-(p:Paper)
WHERE COUNT { (p)-[:AFFILIATED_WITH]->() } <= $max_affiliations
  AND ($first_year IS NULL OR p.year >= $first_year)
  AND ($last_year IS NULL OR p.year <= $last_year)
MATCH (p)-[:AFFILIATED_WITH]->(other:Affiliation)
WHERE other <> one AND ($affiliation IS NOT NULL OR one.id < other.id)
WITH one, other, count(p) AS papers, min(p.year) AS first_year, max(p.year) AS last_year
WHERE papers >= $min_papers
WITH CASE WHEN one.id < other.id THEN one ELSE other END AS a,
     CASE WHEN one.id < other.id THEN other ELSE one END AS b, papers, first_year, last_year
ORDER BY papers DESC, a.id, b.id LIMIT toInteger($limit)
CALL (a, b) {
  MATCH (a)<-[:AFFILIATED_WITH]-(p:Paper)-[:AFFILIATED_WITH]->(b)
  WHERE COUNT { (p)-[:AFFILIATED_WITH]->() } <= $max_affiliations
    AND ($first_year IS NULL OR p.year >= $first_year)
    AND ($last_year IS NULL OR p.year <= $last_year)
  WITH p ORDER BY p.id LIMIT 20
  RETURN collect(p.id) AS paper_ids
}
RETURN a.id AS a_id, a.name AS a, b.id AS b_id, b.name AS b, papers, first_year, last_year,
       paper_ids
ORDER BY papers DESC, a_id, b_id
