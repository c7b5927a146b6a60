"""A cluster of machines in a World: how a scenario sets it up, how commands act on it, what it looks like."""

from __future__ import annotations

from engine.cluster.cluster import Cluster

__all__ = ["Cluster"]
