"""What the service talks about: records, names, ids, the graph's schema, answers and errors."""
