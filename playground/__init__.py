"""The web half: pages, an HTTP API and a WebSocket in front of an engine host.

It knows the engine only by the messages of facade.py. Reading path: facade, engine_client,
host_process, hub, consumers, api.
"""
