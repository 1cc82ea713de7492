// How a newer paper goes back to an older one: chains of papers that build on each other
// about: A row is a chain; those whose weakest step is surest come first, then shorter ones. Equal ends give one row without a step; no chain within max_steps, or the newer paper given as the older, gives none. Inferred: a chain is as good as the evidence of its steps (lineage_ancestors), and one may exist that left no trace.
// needs: derived
// backends: both
// param newer: paper -- paper id
// param older: paper -- paper id
// param max_steps: int = 6 [1..8] -- most steps in a chain
// param min_tier: str = 'likely' [strong|likely|possible|tentative] -- weakest tier walked
// param scope: str = 'all' -- the set of papers that was compared; never mixed with another
// param model: str = 'lineage-2' -- how evidence was weighed; never mixed with another
// param limit: int = 25 [1..500] -- rows
// column rank: int
// column steps: int
// column paper_ids: list -- from the newer to the older
// column titles: list -- in the same order
// column tiers: list -- of each step, in the same order; accepted: somebody decided so
// column weakest_tier: str? -- absent: there is no step that nobody accepted
// column uncertain: int -- steps whose dates do not say which paper is older
MATCH (newer:Paper {id: $newer})
MATCH (older:Paper {id: $older})
WITH newer, older, {accepted: 0, strong: 1, likely: 2, possible: 3, tentative: 4,
                    rejected: 9} AS tiers
CALL (newer, older, tiers) {
  WITH newer, older WHERE newer.id = older.id
  RETURN [newer] AS chain, [] AS steps
  UNION ALL
  WITH newer, older, tiers WHERE newer.id <> older.id
  MATCH path = (newer)-[steps:BUILDS_ON*1..8]->(older)
  WHERE size(steps) <= $max_steps
    AND all(e IN steps WHERE e.scope = $scope AND e.model = $model
                         AND tiers[coalesce(e.decided, e.tier)] <= tiers[$min_tier])
  RETURN nodes(path) AS chain, steps
}
WITH chain, steps, [p IN chain | p.id] AS paper_ids,
     reduce(worst = 0, e IN steps |
       CASE WHEN tiers[coalesce(e.decided, e.tier)] > worst
            THEN tiers[coalesce(e.decided, e.tier)] ELSE worst END) AS worst
ORDER BY worst, size(steps), paper_ids
LIMIT toInteger($limit)
WITH collect(chain) AS chains, collect(paper_ids) AS ids, collect(steps) AS walked,
     collect(worst) AS worsts
UNWIND range(1, size(chains)) AS rank
WITH rank, chains[rank - 1] AS chain, ids[rank - 1] AS paper_ids, walked[rank - 1] AS steps,
     worsts[rank - 1] AS worst
RETURN rank, size(steps) AS steps, paper_ids, [p IN chain | p.title] AS titles,
       [e IN steps | coalesce(e.decided, e.tier)] AS tiers,
       [null, 'strong', 'likely', 'possible', 'tentative'][worst] AS weakest_tier,
       size([e IN steps WHERE e.direction_certain = false]) AS uncertain
ORDER BY rank
