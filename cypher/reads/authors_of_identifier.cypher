// Authors who bear an identifier
MATCH (:Key {id: $id})<-[:BEARS]-(:Name)-[:NAME_OF]->(a:Author)
RETURN DISTINCT a.id AS id
ORDER BY id
