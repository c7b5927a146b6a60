"""Partitions on a broker: who leads, who follows, what is in sync, and who waits for it."""
