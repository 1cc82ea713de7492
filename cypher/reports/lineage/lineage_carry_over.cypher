// What stays and what changes along the best chain between two papers: authors and repositories
// about: A row is a step of the first chain that lineage_chains gives; equal ends and no chain give none. Author lists may be cut (et al.): somebody who seems to join or leave may be on both papers. Names are not people: one author may be two.
// needs: derived
// backends: both
// param newer: paper -- paper id
// param older: paper -- paper id
// param max_steps: int = 6 [1..8] -- most steps in the chain
// param min_tier: str = 'likely' [strong|likely|possible|tentative] -- weakest tier walked
// param scope: str = 'all' -- the set of papers that was compared; never mixed with another
// param model: str = 'lineage-2' -- how evidence was weighed; never mixed with another
// column step: int -- from 1, at the newer end
// column newer_id: str
// column older_id: str
// column tier: str -- accepted: somebody decided so
// column author_ids: list -- authors of both papers, ascending
// column joined_ids: list -- authors of the newer one only, ascending
// column left_ids: list -- authors of the older one only, ascending
// column cut_lists: int -- of the two papers, those that name only some of their authors
// column repo_ids: list -- repositories of both, ascending
// column owners: list -- owners of repositories of both, as in github:okoro, ascending
MATCH (newer:Paper {id: $newer})
MATCH (older:Paper {id: $older})
WITH newer, older, {accepted: 0, strong: 1, likely: 2, possible: 3, tentative: 4,
                    rejected: 9} AS tiers
WHERE newer.id <> older.id
MATCH path = (newer)-[steps:BUILDS_ON*1..8]->(older)
WHERE size(steps) <= $max_steps
  AND all(e IN steps WHERE e.scope = $scope AND e.model = $model
                       AND tiers[coalesce(e.decided, e.tier)] <= tiers[$min_tier])
WITH path, [p IN nodes(path) | p.id] AS paper_ids,
     reduce(worst = 0, e IN steps |
       CASE WHEN tiers[coalesce(e.decided, e.tier)] > worst
            THEN tiers[coalesce(e.decided, e.tier)] ELSE worst END) AS worst
ORDER BY worst, length(path), paper_ids
LIMIT 1
UNWIND range(1, length(path)) AS step
WITH step, relationships(path)[step - 1] AS e
WITH step, coalesce(e.decided, e.tier) AS tier, startNode(e) AS newer, endNode(e) AS older
CALL (newer) {
  MATCH (newer)<-[:AUTHORED]-(a:Author)
  WITH a ORDER BY a.id
  RETURN collect(a.id) AS newer_authors
}
CALL (older) {
  MATCH (older)<-[:AUTHORED]-(a:Author)
  WITH a ORDER BY a.id
  RETURN collect(a.id) AS older_authors
}
CALL (newer) {
  MATCH (newer)-[:HAS_CODE]->(r:Repo)
  WITH r ORDER BY r.id
  RETURN collect(r.id) AS newer_repos
}
CALL (newer, older) {
  MATCH (newer)-[:HAS_CODE]->(r:Repo)
  WITH older, split(r.id, '/')[0] AS owner
  WHERE EXISTS { (older)-[:HAS_CODE]->(s:Repo) WHERE split(s.id, '/')[0] = owner }
  WITH DISTINCT owner ORDER BY owner
  RETURN collect(owner) AS owners
}
RETURN step, newer.id AS newer_id, older.id AS older_id, tier,
       [id IN newer_authors WHERE id IN older_authors] AS author_ids,
       [id IN newer_authors WHERE NOT id IN older_authors] AS joined_ids,
       [id IN older_authors WHERE NOT id IN newer_authors] AS left_ids,
       size([p IN [newer, older] WHERE p.authors_complete = false]) AS cut_lists,
       [id IN newer_repos WHERE EXISTS { (older)-[:HAS_CODE]->(:Repo {id: id}) }] AS repo_ids,
       owners
ORDER BY step
