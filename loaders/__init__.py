"""Loaders: one module per input format, each `read(path)`; `facts.to_facts`; `runner.load`."""
