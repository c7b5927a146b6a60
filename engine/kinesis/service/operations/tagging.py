"""Tags, in both families of calls: AddTagsToStream and TagResource, and so on. At most 50 of a stream or consumer."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from engine.kinesis.service import lifecycle, parameters
from engine.kinesis.service.calling import (
    NOTHING,
    Call,
    answer,
    consumer_not_active,
    in_use,
    named_stream,
    resource,
    there,
)
from engine.kinesis.service.errors import INVALID, KinesisError
from engine.kinesis.service.outcomes import Outcome
from engine.kinesis.service.quotas import TAGS_MAX
from engine.kinesis.service.stream import DELETING, Stream

if TYPE_CHECKING:
    from engine.kinesis.service.account import Account

_KEY_MAX, _VALUE_MAX = 128, 256
_WORD = re.compile(r"[\w\s.:/=+\-@]*")  # letters and digits of any script


def add_tags_to_stream(account: Account, call: Call) -> Outcome:
    stream = named_stream(account, call)
    there(account, stream)
    return _tag(account, call, stream, stream.name, stream.tags)


def tag_resource(account: Account, call: Call) -> Outcome:
    stream, name, tags = _owner(account, call)
    return _tag(account, call, stream, name, tags)


def remove_tags_from_stream(account: Account, call: Call) -> Outcome:
    stream = named_stream(account, call)
    there(account, stream)
    return _untag(account, call, stream, stream.name, stream.tags)


def untag_resource(account: Account, call: Call) -> Outcome:
    stream, name, tags = _owner(account, call)
    return _untag(account, call, stream, name, tags)


def list_tags_for_stream(account: Account, call: Call) -> Outcome:
    stream = named_stream(account, call)
    limit = parameters.optional_integer(call.p, "Limit", 1, TAGS_MAX) or TAGS_MAX
    after = parameters.optional_text(call.p, "ExclusiveStartTagKey", _KEY_MAX)
    tags = [tag for tag in _listed(stream.tags) if after is None or tag["Key"] > after]
    return answer({"Tags": tags[:limit], "HasMoreTags": len(tags) > limit})


def list_tags_for_resource(account: Account, call: Call) -> Outcome:
    stream, consumer = resource(account, call)
    if stream.status == DELETING:
        raise in_use(account, stream)
    return answer({"Tags": _listed(stream.tags if consumer is None else consumer.tags)})


def checked(account: Account, name: str, tags: dict[str, str], added: dict[str, str]) -> dict[str, str]:
    """``tags`` with those of ``added``. Raises InvalidArgumentException."""
    failed = f"Failed to add tags to stream {name} under account {account.account_id} because "
    for key, value in added.items():
        if not 0 < len(key) <= _KEY_MAX or len(value) > _VALUE_MAX:
            what = f"Map value must satisfy constraint: [Member must have length less than or equal to {_VALUE_MAX}]"
            if not 0 < len(key) <= _KEY_MAX:
                what = f"Map keys must satisfy constraint: [Member must have length between 1 and {_KEY_MAX}]"
            raise parameters.constraint(key, "Tags", what)
        if not _WORD.fullmatch(key) or not _WORD.fullmatch(value):
            raise KinesisError(INVALID, _strange(), stream=name)
        if key.lower().startswith("aws:"):
            raise KinesisError(INVALID, failed + "tag keys that begin with aws: are reserved for AWS.", stream=name)
    merged = {**tags, **added}
    if len(merged) > TAGS_MAX:
        text = failed + f"a given stream cannot have more than {TAGS_MAX} tags associated with it."
        raise KinesisError(INVALID, text, stream=name)
    return merged


def _tag(account: Account, call: Call, stream: Stream, name: str, tags: dict[str, str]) -> Outcome:
    parameters.structure(call.p, "Tags")
    added = parameters.text_map(call.p, "Tags")
    if not added:
        raise parameters.constraint({}, "Tags", "Member must have length greater than or equal to 1")
    tags.update(checked(account, name, tags, added))
    return _changed(account, stream, added)


def _untag(account: Account, call: Call, stream: Stream, name: str, tags: dict[str, str]) -> Outcome:
    keys = parameters.texts(call.p, "TagKeys", TAGS_MAX)
    for key in keys:
        if not 0 < len(key) <= _KEY_MAX or not _WORD.fullmatch(key):
            raise KinesisError(INVALID, _strange(), stream=name)
    for key in keys:
        tags.pop(key, None)
    return _changed(account, stream, dict.fromkeys(keys, ""))


def _strange() -> str:
    return (
        "Some tags contain invalid characters. Valid characters: Unicode letters, digits, white space, _ . / = + - % @."
    )


def _changed(account: Account, stream: Stream, keys: dict[str, str]) -> Outcome:
    lifecycle.tell(account, "stream_changed", stream, what="tags", value=", ".join(keys))
    return NOTHING


def _owner(account: Account, call: Call) -> tuple[Stream, str, dict[str, str]]:
    stream, consumer = resource(account, call)
    there(account, stream)
    if consumer is None:
        return stream, stream.name, stream.tags
    if consumer.status == DELETING:
        raise consumer_not_active(account, stream, consumer)
    return stream, consumer.name, consumer.tags


def _listed(tags: dict[str, str]) -> list[dict[str, str]]:
    return [{"Key": key, "Value": tags[key]} for key in sorted(tags)]
