"""GraphQL, fast: documents parsed once and kept, operations run. Knows nothing of meshes."""
