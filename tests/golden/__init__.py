"""Recordings that pin what the engine does: see make.py."""
