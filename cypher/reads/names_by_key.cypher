// Names that bear one of these keys, with their authors
UNWIND $keys AS key
MATCH (n:Name {key: key})-[r:NAME_OF]->(a:Author)
RETURN properties(n) AS name, properties(r) AS link, properties(a) AS author
