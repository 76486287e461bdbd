"""Meshgate measured, beside what else one could use and beside its own goals."""
