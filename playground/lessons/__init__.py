"""Lessons as documents: read from YAML, checked, listed, and shown on the author's page.

What a lesson *means* is the engine's (engine/lessons/): here is everything that can be said of its text alone.
"""
