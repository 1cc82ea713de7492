// Repositories that several papers name
// about: A paper names a repository because it is its own or because it builds on it; the source does not say which. Where lists are cut, shared authors are a lower bound.
// needs: facts
// backends: both
// param limit: int = 25 [1..500] -- rows
// column repo_id: str
// column url: str
// column papers: int
// column paper_ids: list -- the first 20, ascending
// column titles: list -- their titles, in the same order
// column shared_authors: int -- authors of at least two of the papers; 0: nobody known is
// column cut_lists: int -- of the papers, those that name only some of their authors
MATCH (r:Repo)<-[:HAS_CODE]-(p:Paper)
WITH r, p ORDER BY p.id
WITH r, collect(p) AS named
WHERE size(named) >= 2
CALL (named) {
  UNWIND named AS p
  MATCH (p)<-[:AUTHORED]-(a:Author)
  WITH a, count(DISTINCT p) AS written
  WHERE written >= 2
  RETURN count(a) AS shared_authors
}
RETURN r.id AS repo_id, r.url AS url, size(named) AS papers,
       [p IN named[..20] | p.id] AS paper_ids, [p IN named[..20] | p.title] AS titles,
       shared_authors, size([p IN named WHERE p.authors_complete = false]) AS cut_lists
ORDER BY papers DESC, repo_id
LIMIT toInteger($limit)
