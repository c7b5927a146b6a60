"""Simulated applications that call the gateway as anybody does: writers, and workers in the manner of the KCL."""
