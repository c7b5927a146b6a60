"""How AWS says no: an error's code, its text and the HTTP status it comes with.

Codes and texts are AWS's own (the API reference of Kinesis Data Streams and what the service answers); everything
under 500 is the caller's doing, and a caller that sends the same again gets the same again, but for throttling.
"""

from __future__ import annotations

THROUGHPUT = "ProvisionedThroughputExceededException"
LIMIT = "LimitExceededException"
IN_USE = "ResourceInUseException"
NOT_FOUND = "ResourceNotFoundException"
INVALID = "InvalidArgumentException"
VALIDATION = "ValidationException"
SERIALIZATION = "SerializationException"
UNKNOWN = "UnknownOperationException"
EXPIRED_ITERATOR = "ExpiredIteratorException"
EXPIRED_TOKEN = "ExpiredNextTokenException"
KMS_NOT_FOUND = "KMSNotFoundException"
ACCESS_DENIED = "AccessDeniedException"
DRY_RUN = "DryRunOperationException"
INTERNAL = "InternalFailureException"
INTERNAL_TEXT = "Internal service failure."


class KinesisError(Exception):
    """What the caller is told. stream, shard: where it was met, if it was met there ("" otherwise)."""

    def __init__(self, code: str, message: str = "", status: int = 400, *, stream: str = "", shard: str = "") -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.status = status
        self.stream = stream
        self.shard = shard


def internal() -> KinesisError:
    """The log under the service did not take it, or did not give it. SDKs try again."""
    return KinesisError(INTERNAL, INTERNAL_TEXT, 500)


def unknown_operation() -> KinesisError:
    return KinesisError(UNKNOWN, "")


def dry_run() -> KinesisError:
    """All was well, and nothing is done: the caller only wanted to know."""
    return KinesisError(DRY_RUN, "The request would have succeeded, but the DryRun parameter was specified.")


def serialization(text: str = "") -> KinesisError:
    return KinesisError(SERIALIZATION, text)
