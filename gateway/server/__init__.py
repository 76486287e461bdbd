"""The edge: HTTP in and out. Knows requests and results, and nothing of the schema."""
