"""Clusters under faults, thousands of times faster than life, with invariants checked after every step."""
