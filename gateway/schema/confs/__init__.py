"""Typed confs in the graph: object types, input types and JSON, all made of the model's Structs."""
