"""A partition's log on a broker's disk: files, segments, indexes, epochs, producer state, recovery, retention.

Read ``log.py`` first, then ``segment.py`` and ``loading.py``. The bytes are Kafka 4.0's. Where it differs:

- Index files have the size of their entries from the start; Kafka makes them ``segment.index.bytes`` long
  and trims them when the segment is closed.
- No read depends on an index: the log's pieces lie in memory in order, and know their offsets and times.
- A new segment is begun batch by batch; Kafka decides once for all batches of one append. It is named by
  the end of the one before, so that a hole between two segments can only be damage.
- Recovery looks for that hole, and checks bytes that have changed since they were last checked wherever
  they are. Kafka would go on with the hole, and notice the rest when a client complains.
- What truncation removes is removed at once; only what retention and compaction remove waits for
  ``file.delete.delay.ms``.
- Truncation brings back the last five batches of each producer as far as the log holds them; Kafka
  knows only those after its newest snapshot.
"""
