// Organisations that an author's papers name, year by year
// about: A row is an organisation in a year; papers without a year come last, and are left out once a window is given. Certainty paper: the source names it for the paper, not for this author, who may never have been there. No row for a year: the source names none.
// needs: facts
// backends: both
// param author: author -- author id
// param first_year: int = null [1000..2999] -- first year of the window, included
// param last_year: int = null [1000..2999] -- last year of the window, included
// param limit: int = 100 [1..500] -- rows
// column year: int? -- absent: the papers without a year
// column affiliation_id: str
// column affiliation: str
// column papers: int -- papers of the author that name it
// column paper_ids: list -- ascending
// column alone: int -- of these, papers whose complete list names nobody else
// column certainty: str -- paper: named for the paper, not for an author
MATCH (a:Author {id: $author})-[:AUTHORED]->(p:Paper)-[named:AFFILIATED_WITH]->(o:Affiliation)
WHERE ($first_year IS NULL OR p.year >= $first_year)
  AND ($last_year IS NULL OR p.year <= $last_year)
WITH p, o, named.certainty AS certainty,
     CASE WHEN p.authors_complete = true AND COUNT { (p)<-[:AUTHORED]-() } = 1
          THEN 1 ELSE 0 END AS is_alone
ORDER BY p.id
RETURN p.year AS year, o.id AS affiliation_id, o.name AS affiliation, count(p) AS papers,
       collect(p.id) AS paper_ids, sum(is_alone) AS alone, certainty
ORDER BY coalesce(year, 10000), affiliation_id, certainty
LIMIT toInteger($limit)
