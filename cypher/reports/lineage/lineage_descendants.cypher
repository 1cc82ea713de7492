// What grew from a paper
// about: A row is a step from a newer paper to one that it probably builds on, once, at its smallest distance from the paper. Inferred from titles, abstracts, dates and names: the evidence is the claim, a tier is no probability. Steps that leave no trace there, and papers without a date, are missing.
// needs: derived
// backends: both
// param paper: paper -- paper id
// param max_steps: int = 1 [1..5] -- steps to walk
// param min_tier: str = 'likely' [strong|likely|possible|tentative] -- weakest tier walked
// param scope: str = 'all' -- the set of papers that was compared; never mixed with another
// param model: str = 'lineage-2' -- how evidence was weighed; never mixed with another
// param limit: int = 100 [1..500] -- rows
// column step: int -- from 1, away from the paper
// column newer_id: str
// column newer: str
// column older_id: str
// column older: str
// column tier: str
// column kind: str
// column score: float -- sum of the points of the evidence
// column direction_certain: bool -- false: the dates do not say which paper is older
// column shown: bool -- false: kept for chains, not among the newer paper's two best
// column evidence: list -- lines of kind, points and detail
// column decided: str? -- accepted, which wins over the tier; absent: nobody has checked the step
MATCH (p:Paper {id: $paper})
WITH p, {accepted: 0, strong: 1, likely: 2, possible: 3, tentative: 4,
         rejected: 9} AS tiers
MATCH path = (p)<-[walked:BUILDS_ON*0..4]-(older:Paper)
WHERE all(e IN walked WHERE e.scope = $scope AND e.model = $model
                        AND tiers[coalesce(e.decided, e.tier)] <= tiers[$min_tier])
WITH tiers, older, min(length(path)) + 1 AS step
WHERE step <= $max_steps
MATCH (older)<-[e:BUILDS_ON {scope: $scope, model: $model}]-(newer:Paper)
WHERE tiers[coalesce(e.decided, e.tier)] <= tiers[$min_tier]
RETURN step, newer.id AS newer_id, newer.title AS newer, older.id AS older_id,
       older.title AS older, e.tier AS tier, e.kind AS kind, e.score AS score,
       e.direction_certain AS direction_certain, e.shown AS shown,
       coalesce(e.evidence, []) AS evidence, e.decided AS decided
ORDER BY step, score DESC, newer_id, older_id
LIMIT toInteger($limit)
