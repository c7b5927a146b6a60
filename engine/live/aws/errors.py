"""What AWS answers when it refuses: a code, a text, a status."""

from __future__ import annotations


class AwsError(Exception):
    """code: as in ``__type``. message: AWS's text; None: AWS sends none. status: of HTTP."""

    def __init__(self, code: str, message: str | None = None, status: int = 400) -> None:
        super().__init__(f"{code}: {message}")
        self.code, self.message, self.status = code, message, status


def invalid(texts: list[str]) -> AwsError:
    """Constraints that are not met, counted as AWS counts them."""
    many = "s" if len(texts) > 1 else ""
    return AwsError("ValidationException", f"{len(texts)} validation error{many} detected: {'; '.join(texts)}")


def unreadable(text: str | None = None) -> AwsError:
    """Not of the types that the model says."""
    return AwsError("SerializationException", text)


def unknown_operation() -> AwsError:
    return AwsError("UnknownOperationException")


def unavailable(text: str) -> AwsError:
    """It is ours to mend, or a matter of time: SDKs try again."""
    return AwsError("ServiceUnavailableException", text, 503)
