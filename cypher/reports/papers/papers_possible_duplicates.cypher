// Pairs of papers that may be one work, or versions of one
// about: A row is a pair with the same title but for case, accents and signs (of a long title, its first sixty letters), or of one author and with exactly the same name before the first colon. Nothing is joined. Titles borne by more than max_alike papers, and names borne by more than that of one author, are left out. Where lists are cut, shared authors are a lower bound.
// needs: facts
// backends: both
// param max_alike: int = 20 [2..100] -- most papers of one title, or of one author and name, that are compared
// param limit: int = 100 [1..500] -- rows
// column a_id: str -- the smaller id
// column a_title: str
// column a_year: int?
// column b_id: str
// column b_title: str
// column b_year: int?
// column reason: str -- same title, or same name before the colon
// column shared_authors: int -- 0: only the titles speak for it
// column cut_lists: int -- of the two, papers that name only some of their authors
CALL () {
  MATCH (p:Paper)
  WHERE p.id STARTS WITH 'title:'
  WITH split(p.id, '~')[0] AS slug, collect(p) AS alike
  WHERE 2 <= size(alike) AND size(alike) <= $max_alike
  RETURN alike, 0 AS rank
  UNION ALL
  MATCH (author:Author)-[:AUTHORED]->(p:Paper)
  WHERE p.title CONTAINS ':'
  WITH author, split(p.title, ':')[0] AS name, collect(DISTINCT p) AS alike
  WHERE name <> '' AND 2 <= size(alike) AND size(alike) <= $max_alike
  RETURN alike, 1 AS rank
}
UNWIND alike AS a
UNWIND alike AS b
WITH a, b, rank
WHERE a.id < b.id
WITH a, b, min(rank) AS rank
CALL (a, b) {
  MATCH (a)<-[:AUTHORED]-(shared:Author)-[:AUTHORED]->(b)
  RETURN count(DISTINCT shared) AS shared_authors
}
RETURN a.id AS a_id, a.title AS a_title, a.year AS a_year,
       b.id AS b_id, b.title AS b_title, b.year AS b_year,
       CASE rank WHEN 0 THEN 'same title' ELSE 'same name before the colon' END AS reason,
       shared_authors,
       size([p IN [a, b] WHERE p.authors_complete = false]) AS cut_lists
ORDER BY rank, shared_authors DESC, a_id, b_id
LIMIT toInteger($limit)
