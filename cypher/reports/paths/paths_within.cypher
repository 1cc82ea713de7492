// Paths of a few hops between two authors, longer ones too
// about: A row is a chain of at most max_hops ties that names no author twice; shorter chains first, then those whose weakest tie is stronger. Equal ends give one row without a tie, no chain gives none. Author lists may be cut (et al.): other chains may exist.
// needs: derived
// backends: both
// param source: author -- author id
// param target: author -- author id
// param max_hops: int = 3 [1..4] -- most ties in a chain
// param limit: int = 25 [1..500] -- rows
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
  UNION ALL
  WITH a, b WHERE a.id <> b.id
  MATCH (a)-[t:COAUTHORED]-(b)
  RETURN [a, b] AS chain, [t] AS ties
  UNION ALL
  WITH a, b WHERE a.id <> b.id AND $max_hops >= 2
  MATCH (a)-[t:COAUTHORED]-(x:Author)-[u:COAUTHORED]-(b)
  RETURN [a, x, b] AS chain, [t, u] AS ties
  UNION ALL
  WITH a, b WHERE a.id <> b.id AND $max_hops >= 3
  MATCH (a)-[t:COAUTHORED]-(x:Author)-[u:COAUTHORED]-(y:Author)-[v:COAUTHORED]-(b)
  WHERE x <> b AND y <> a
  RETURN [a, x, y, b] AS chain, [t, u, v] AS ties
  UNION ALL
  WITH a, b WHERE a.id <> b.id AND $max_hops >= 4
  MATCH (a)-[t:COAUTHORED]-(x:Author)-[u:COAUTHORED]-(y:Author),
        (b)-[w:COAUTHORED]-(z:Author)-[v:COAUTHORED]-(y)
  WHERE x <> b AND y <> a AND y <> b AND z <> a AND x <> z
  RETURN [a, x, y, z, b] AS chain, [t, u, v, w] AS ties
}
WITH chain, size(ties) AS hops, [author IN chain | author.id] AS author_ids,
     reduce(weakest = null, tie IN ties |
       CASE WHEN tie.weight >= weakest THEN weakest ELSE tie.weight END) AS weakest
RETURN hops, author_ids, [author IN chain | author.name] AS authors,
       size([author IN chain WHERE author.identity = 'unverified']) AS unverified, weakest
ORDER BY hops, weakest DESC, author_ids
LIMIT toInteger($limit)
