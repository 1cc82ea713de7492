// Shortest path between two authors, with the papers of each hop
// about: Walks the ties that derive makes, at most 20. Among equally short chains the one whose weakest tie is strongest, then the first by author ids. Equal ends give one row, no chain gives none. Author lists may be cut (et al.): a shorter chain may exist.
// needs: derived
// backends: both
// param source: author -- author id
// param target: author -- author id
// column hop: int -- from 1; 0 when both ends are the same author
// column from_id: str
// column from_author: str
// column to_id: str
// column to_author: str
// column papers: int -- papers that make the tie
// column paper_ids: list -- papers both wrote, ascending, longer author lists included
// column titles: list -- their titles, in the same order
MATCH (a:Author {id: $source})
MATCH (b:Author {id: $target})
CALL (a, b) {
  WITH a, b WHERE a.id = b.id
  RETURN [a] AS chain, [] AS ties
  UNION
  WITH a, b WHERE a.id <> b.id
  MATCH path = allShortestPaths((a)-[:COAUTHORED*..20]-(b))
  WITH path, [n IN nodes(path) | n.id] AS ids,
       reduce(weakest = 1.0e9, tie IN relationships(path) |
         CASE WHEN tie.weight < weakest THEN tie.weight ELSE weakest END) AS weakest
  ORDER BY weakest DESC, ids LIMIT 1
  RETURN nodes(path) AS chain, relationships(path) AS ties
}
UNWIND CASE WHEN size(chain) = 1 THEN [0] ELSE range(1, size(chain) - 1) END AS hop
WITH hop, chain[CASE WHEN hop = 0 THEN 0 ELSE hop - 1 END] AS left,
     chain[hop] AS right, CASE WHEN hop = 0 THEN null ELSE ties[hop - 1] END AS tie
OPTIONAL MATCH (left)-[:AUTHORED]->(p:Paper)<-[:AUTHORED]-(right)
WHERE hop > 0
WITH hop, left, right, tie, p ORDER BY p.id
WITH hop, left, right, tie, collect(p.id) AS paper_ids, collect(p.title) AS titles
RETURN hop, left.id AS from_id, left.name AS from_author, right.id AS to_id,
       right.name AS to_author, coalesce(tie.papers, 0) AS papers, paper_ids, titles
ORDER BY hop
