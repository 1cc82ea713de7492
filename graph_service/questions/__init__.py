"""The questions, one module each: from a `Reader` to an answer of `model.answers`."""
