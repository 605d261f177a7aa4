"""Matching: which topics an article meets, and by which of its words."""
