"""The Kafka protocol: messages, their codec, record batches, error codes."""
