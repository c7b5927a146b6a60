"""The AWS port: HTTP/1.1, SigV4, AWS's wire protocols and constraint texts, in the host's loop.

``endpoint`` is the door; it asks ``http`` for whole requests, ``signing`` and ``credentials`` who sent them,
``services`` and ``shapes`` what they mean, ``validation`` whether they may, ``encodings`` for the bytes,
and a ``line`` for the answer of the sandbox's World.
"""
