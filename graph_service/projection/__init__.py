"""The projection: authors, papers and ties as arrays, for the questions that walk the graph."""
