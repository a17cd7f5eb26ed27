"""Prose: docstrings as text, as literals and as structured docs; pure functions, strangers to the source's syntax."""
