// Authors whose papers name two affiliations
// about: A row is an author of a paper that names the left one and of a paper, perhaps the same, that names the right one. Affiliations are the paper's: a row does not say who held which. Equal ends give every author of its papers. Author lists may be cut (et al.): authors may be missing.
// needs: facts
// backends: both
// param left: affiliation -- affiliation id
// param right: affiliation -- affiliation id
// param limit: int = 25 [1..500] -- rows
// column author_id: str
// column author: str
// column identity: str -- unverified: the name alone says who this is
// column papers: int -- papers naming either one
// column both: int -- of these, papers naming both
// column left_papers: int -- papers naming the left one
// column right_papers: int -- papers naming the right one
// column paper_ids: list -- papers naming either one, ascending
MATCH (side:Affiliation)
WHERE side.id IN [$left, $right]
MATCH (side)<-[:AFFILIATED_WITH]-(p:Paper)<-[:AUTHORED]-(a:Author)
WITH a, p, collect(DISTINCT side.id) AS sides
ORDER BY p.id
WITH a, collect(p.id) AS paper_ids,
     sum(CASE WHEN $left IN sides AND $right IN sides THEN 1 ELSE 0 END) AS both,
     sum(CASE WHEN $left IN sides THEN 1 ELSE 0 END) AS left_papers,
     sum(CASE WHEN $right IN sides THEN 1 ELSE 0 END) AS right_papers
WHERE left_papers > 0 AND right_papers > 0
RETURN a.id AS author_id, a.name AS author, a.identity AS identity, size(paper_ids) AS papers,
       both, left_papers, right_papers, paper_ids
ORDER BY papers DESC, author_id
LIMIT toInteger($limit)
