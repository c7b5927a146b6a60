"""Riacho's engine: a Kafka-compatible log that is a pure function of its inputs.

Reading path for a newcomer: machine, world/world, storage/log, replication/partition, leader and
follower, replication/purgatory, quorum/controller, groups/coordinator, live/pacer.
"""
