"""Kinesis Data Streams on the log: the service as AWS describes it, and the gateway that runs it on brokers.

service         the service's mind, ``service.account.Account``: streams, shards and their lineage, iterators,
                throttles, lifecycles. It is pure: it is told what time it is, answers calls with outcomes and asks for
                topics by actions. Nothing in it knows brokers.
gateway         the machine that carries out what the service says, as a client of the brokers.
applications    simulated writers and readers, who call the gateway as anybody does.

A stream is the topic ``__kinesis.<name>``, shard N its partition N for ever.
"""
