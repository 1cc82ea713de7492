// What derive has computed, and from which facts
// about: A row is a label or relationship type of the derived layer; each carries the stamp of the run that wrote the layer. The layer is stale when facts_revision is not that of the facts (see coauthor-graph status). Before derive every count is 0 and the stamp is absent.
// needs: facts
// backends: both
// param part: str = null [ties|clusters|lineage] -- only this part
// column number: int
// column part: str -- ties, clusters or lineage
// column kind: str -- node or relationship
// column name: str -- label or type
// column count: int
// column status: str? -- writing: the run has not finished, or was cut off
// column facts_revision: str? -- of the facts it was computed from
// column parameters: str? -- JSON, a member for each part that was computed
// column versions: str? -- JSON, of the programs that computed it
OPTIONAL MATCH (d:Derivation {id: 'derivation'})
UNWIND [
  [1, 'ties', 'relationship', 'COAUTHORED', COUNT { ()-[:COAUTHORED]->() }],
  [2, 'clusters', 'node', 'Cluster', COUNT { (:Cluster) }],
  [3, 'clusters', 'relationship', 'IN_CLUSTER', COUNT { ()-[:IN_CLUSTER]->() }],
  [4, 'lineage', 'node', 'Method', COUNT { (:Method) }],
  [5, 'lineage', 'relationship', 'INTRODUCES', COUNT { ()-[:INTRODUCES]->() }],
  [6, 'lineage', 'relationship', 'MENTIONS', COUNT { ()-[:MENTIONS]->() }],
  [7, 'lineage', 'relationship', 'BUILDS_ON', COUNT { ()-[:BUILDS_ON]->() }]
] AS row
WITH d, row
WHERE $part IS NULL OR row[1] = $part
RETURN row[0] AS number, row[1] AS part, row[2] AS kind, row[3] AS name, row[4] AS count,
       d.status AS status, d.facts_revision AS facts_revision, d.parameters AS parameters,
       d.versions AS versions
ORDER BY number
