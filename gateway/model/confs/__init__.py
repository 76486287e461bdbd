"""What policies say beside whom they are for: a Struct per kind's body, a file per family.

The text in a member's annotation is what the graph says of it; a class is the type of its name, and
what kinds share is one class. Members are the wire's in snake case, and the graph's are the wire's.
What may be left out is None; an enum is a text, since a newer control plane may add to it.
"""
