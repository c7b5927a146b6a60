"""The machine between the service and the brokers: who calls, what leaders are asked, what comes of it (gateway.py)."""
