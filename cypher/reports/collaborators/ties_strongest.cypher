// Strongest ties: pairs of authors by weight
// about: A paper of k listed authors adds 1/(k-1) to the weight; papers above the cap that derive was run with add nothing. A tie is active in the window when its years, first to last, touch it; one without a year is then left out. Author lists may be cut (et al.): papers and weight are lower bounds.
// needs: derived
// backends: both
// param author: author = null -- author id at either end; absent: all ties
// param first_year: int = null [1000..2999] -- first year of the window, included
// param last_year: int = null [1000..2999] -- last year of the window, included
// param limit: int = 25 [1..500] -- rows
// column a_id: str -- the smaller id of the two
// column a: str
// column b_id: str
// column b: str
// column papers: int -- papers that make the tie, of all years
// column weight: float -- of all years
// column first_year: int? -- absent: none of them has a year
// column last_year: int?
// column paper_ids: list -- papers both wrote, ascending, longer author lists included; with a window only those in it, perhaps none
// column cut_lists: int -- of paper_ids, papers that name only some of their authors
MATCH (one:Author)
WHERE $author IS NULL OR one.id = $author
MATCH (one)-[tie:COAUTHORED]-(:Author)
WHERE ($author IS NOT NULL OR startNode(tie) = one)
  AND ($first_year IS NULL OR tie.last_year >= $first_year)
  AND ($last_year IS NULL OR tie.first_year <= $last_year)
WITH startNode(tie) AS a, endNode(tie) AS b, tie
ORDER BY tie.weight DESC, a.id, b.id LIMIT toInteger($limit)
CALL (a, b) {
  MATCH (a)-[:AUTHORED]->(p:Paper)<-[:AUTHORED]-(b)
  WHERE ($first_year IS NULL OR p.year >= $first_year)
    AND ($last_year IS NULL OR p.year <= $last_year)
  WITH p ORDER BY p.id
  RETURN collect(p.id) AS paper_ids,
         sum(CASE WHEN p.authors_complete = false THEN 1 ELSE 0 END) AS cut_lists
}
RETURN a.id AS a_id, a.name AS a, b.id AS b_id, b.name AS b, tie.papers AS papers,
       tie.weight AS weight, tie.first_year AS first_year, tie.last_year AS last_year,
       paper_ids, cut_lists
ORDER BY weight DESC, a_id, b_id
