// All shortest paths between two authors
// about: A row is a chain of ties, at most 20 long, all of one length; the one whose weakest tie is strongest comes first. Equal ends give one row without a tie, no chain gives none. Author lists may be cut (et al.): a shorter chain may exist.
// needs: derived
// backends: both
// param source: author -- author id
// param target: author -- author id
// param limit: int = 25 [1..500] -- rows
// column rank: int
// column hops: int -- ties in the chain
// column author_ids: list -- from source to target
// column authors: list -- their names, in the same order
// column unverified: int -- of these, authors whose name alone says who they are
// column weakest: float? -- smallest weight of a tie in the chain; absent: there is none
MATCH (a:Author {id: $source})
MATCH (b:Author {id: $target})
CALL (a, b) {
  WITH a, b WHERE a.id = b.id
  RETURN [a] AS chain, [] AS ties
  UNION
  WITH a, b WHERE a.id <> b.id
  MATCH path = allShortestPaths((a)-[:COAUTHORED*..20]-(b))
  RETURN nodes(path) AS chain, relationships(path) AS ties
}
WITH chain, [author IN chain | author.id] AS author_ids,
     reduce(weakest = null, tie IN ties |
       CASE WHEN tie.weight >= weakest THEN weakest ELSE tie.weight END) AS weakest
ORDER BY weakest DESC, author_ids
LIMIT toInteger($limit)
WITH collect(chain) AS chains, collect(author_ids) AS ids, collect(weakest) AS weights
UNWIND range(1, size(chains)) AS rank
WITH rank, chains[rank - 1] AS authors, ids[rank - 1] AS author_ids, weights[rank - 1] AS weakest
RETURN rank, size(authors) - 1 AS hops, author_ids, [author IN authors | author.name] AS authors,
       size([author IN authors WHERE author.identity = 'unverified']) AS unverified, weakest
ORDER BY rank
