// Indexes of texts, for people in Neo4j Browser
// Run last: to fill them takes the server longest, and nothing else waits for them.
CREATE FULLTEXT INDEX author_names IF NOT EXISTS FOR (n:Author) ON EACH [n.name, n.name_variants];
CREATE FULLTEXT INDEX paper_texts IF NOT EXISTS FOR (n:Paper) ON EACH [n.title, n.abstract];
