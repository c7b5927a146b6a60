"""A process that carries librdkafka's mock cluster: prints its addresses, then serves until it is ended."""

from __future__ import annotations

import signal

from confluent_kafka import Producer

from benchmarks.servers import TOPIC


def main() -> None:
    keeper = Producer({"test.mock.num.brokers": 3, "log_level": 0})
    keeper.list_topics(TOPIC, timeout=10)  # makes the topic
    brokers = keeper.list_topics(timeout=10).brokers.values()
    print(",".join(f"{broker.host}:{broker.port}" for broker in brokers), flush=True)
    signal.sigwait([signal.SIGTERM, signal.SIGINT])


if __name__ == "__main__":
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM, signal.SIGINT])
    main()
