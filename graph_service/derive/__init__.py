"""The derived layer: what is computed from the facts and stored for Browser and reports."""
