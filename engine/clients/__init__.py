"""Simulated clients: producer, consumer, admin and the record sent by hand. Machines in virtual time.

They speak the messages of engine/wire/messages/ to nodes named ``B<broker id>`` and behave as
Kafka's Java client does, because the lessons are about that: the same retries, back-offs, sequence
numbers, rebalances and commits. Where one differs, its module says so and why.

Reading path: timing, metadata, client; then accumulator, partitioning, sequences, sender, writing,
producer; then coordinator, membership, rebalancing, positions, fetching, commits, consumer.
"""
