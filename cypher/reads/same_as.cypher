// Why these names are one author
UNWIND $ids AS id
MATCH (n:Name {id: id})-[r:SAME_AS]->(other:Name)
RETURN n.id AS start, other.id AS end, properties(r) AS properties
