// How many relationships a type has
MATCH ()-[r:TYPE]->()
RETURN count(r) AS count
