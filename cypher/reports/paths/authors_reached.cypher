// Authors one, two and three ties away, counted
// about: A row is a distance at which there is somebody; each author counts once, at the shortest. Author lists may be cut (et al.): somebody may be nearer than this says, and others reached.
// needs: derived
// backends: both
// param author: author -- author id
// param max_hops: int = 3 [1..3] -- ties to walk
// param limit: int = 25 [1..500] -- rows
// column hop: int -- ties away, from 1
// column authors: int -- authors at this distance
// column unverified: int -- of these, authors whose name alone says who they are
// column example_ids: list -- the first ten of them by id
MATCH path = (a:Author {id: $author})-[:COAUTHORED*1..3]-(other:Author)
WITH a, other, min(length(path)) AS hop
WHERE other <> a AND hop <= $max_hops
WITH hop, other ORDER BY other.id
WITH hop, collect(other) AS reached
RETURN hop, size(reached) AS authors,
       size([other IN reached WHERE other.identity = 'unverified']) AS unverified,
       [other IN reached[..10] | other.id] AS example_ids
ORDER BY hop
LIMIT toInteger($limit)
