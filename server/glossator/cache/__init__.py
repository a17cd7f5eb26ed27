"""Answers that were given before: in memory, on disk, and shared with others."""
