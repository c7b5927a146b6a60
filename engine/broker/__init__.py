"""A broker: the machine that holds replicas, serves clients, and follows the controller.

broker.py is the machine; each other file is one side of its work: produce, fetch, offsets, metadata,
groups (client requests), fetcher (copying from leaders), membership (registration, heartbeats and
the metadata log), replicas (roles and ISR), outside (TCP clients).
"""

from __future__ import annotations

from engine.broker.broker import Broker

__all__ = ["Broker"]
