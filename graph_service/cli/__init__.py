"""The command line: it parses, calls the questions and loads, and prints; no logic of its own."""
