"""What we talk about: plain typed data that imports nothing above it."""
