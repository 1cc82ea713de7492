// Authors with the names that make them
UNWIND $ids AS id
MATCH (a:Author {id: id})
RETURN properties(a) AS author,
       [(n:Name)-[r:NAME_OF]->(a) | {name: properties(n), link: properties(r)}] AS names
