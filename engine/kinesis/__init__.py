"""Kinesis Data Streams on the log: the service as AWS describes it, and the gateway that runs it on brokers.

``account.Account`` is the service's mind: streams, shards and their lineage, iterators, throttles, lifecycles. It is
pure: it is told what time it is, answers calls with outcomes (outcomes.py) and asks for topics by actions. Nothing in
it knows brokers. A stream is the topic ``__kinesis.<name>``, shard N its partition N for ever.
"""
