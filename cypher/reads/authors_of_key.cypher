// Authors who bear a name of a key
MATCH (:Name {key: $key})-[:NAME_OF]->(a:Author)
RETURN DISTINCT a.id AS id
ORDER BY id
