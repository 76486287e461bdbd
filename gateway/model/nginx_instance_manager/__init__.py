"""What NGINX Instance Manager keeps: hosts with an agent, NGINX processes on them, what they share.

Only what a document or a public client shows is read; the rest stays in the bytes. A thing's name
is what its path ends with: a name, a uid, or two of them.
"""
