// Papers of each year and category
// about: A row is a year and a topic; a paper of several topics counts in each. Papers without any topic make a row without topic, but none once a scheme is given. Papers without a year come last, and are left out once a window is given.
// needs: facts
// backends: both
// param scheme: str = null -- only topics of this scheme, as in category
// param first_year: int = null [1000..2999] -- window, included
// param last_year: int = null [1000..2999] -- window, included
// param limit: int = 100 [1..500] -- rows
// column year: int? -- absent: no year is known
// column topic_id: str? -- absent: papers without a topic
// column topic: str?
// column papers: int
// column with_code: int -- of these, papers that are flagged or name a repository
// column cut_lists: int -- of these, papers that name only some of their authors
MATCH (p:Paper)
WHERE ($first_year IS NULL OR p.year >= $first_year)
  AND ($last_year IS NULL OR p.year <= $last_year)
OPTIONAL MATCH (p)-[:HAS_TOPIC]->(t:Topic)
WITH p, t, p.has_code = true OR EXISTS { (p)-[:HAS_CODE]->(:Repo) } AS code
WHERE $scheme IS NULL OR t.scheme = $scheme
WITH p.year AS year, t, count(DISTINCT p) AS papers,
     sum(CASE WHEN code THEN 1 ELSE 0 END) AS with_code,
     sum(CASE WHEN p.authors_complete = false THEN 1 ELSE 0 END) AS cut_lists
RETURN year, t.id AS topic_id, t.name AS topic, papers, with_code, cut_lists
ORDER BY coalesce(year, 10000), coalesce(topic_id, '~')
LIMIT toInteger($limit)
