"""What happened, as lines of a transcript: the node, what it did, and a remark."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from engine.events import Event

NODE, TEXT = 6, 46  # columns


def clock(ms: float) -> str:
    minutes, rest = divmod(round(ms), 60_000)
    return f"{minutes:02}:{rest // 1000:02}.{rest % 1000:03}"


def line(at: str, nodes: str, text: str, remark: str) -> str:
    return f"{at}  {nodes:{NODE}} {text:{TEXT}} {remark}".rstrip()


def span(topic: str, partition: int, first: int, last: int) -> str:
    return f"{topic}-{partition}@{first}" + (f"..{last}" if last != first else "")


def numbers(found: list[int]) -> str:
    return ",".join(map(str, found)) or "none"


WHY = {
    "failover": "its leader is gone", "shutdown": "handed over", "returned": "an in-sync replica is back",
    "preferred": "back to its first replica", "created": "new", "unclean": "not in sync: records may be lost",
}  # fmt: skip


def tell(event: Event) -> tuple[str, str]:
    """(what, remark). An event that no story has needed yet is told by its code and parameters."""
    e: Any = event
    match event.code:
        case "appended":
            return f"append {span(e.topic, e.partition, e.first, e.last)} epoch={e.epoch}", ""
        case "replicated":
            return f"copy {span(e.topic, e.partition, e.first, e.last)}", f"from B{e.leader}"
        case "high_watermark":
            return f"high watermark of {e.topic}-{e.partition}: {e.to}", ""
        case "committed":
            return f"{e.group} commits {e.topic}-{e.partition}@{e.offset}", f"by {e.client}"
        case "delivered":
            return f"takes {span(e.topic, e.partition, e.first, e.last)}", ""
        case "segment_rolled":
            return f"{e.topic}-{e.partition}: a new segment begins at {e.base}", f"{e.segments} segments"
        case "segments_deleted":
            what = f"{e.topic}-{e.partition} begins at {e.to}: {e.segments} segment{'s' * (e.segments > 1)} went"
            return what, {"time": "retention.ms", "size": "retention.bytes"}.get(e.why, e.why)
        case "records_deleted":
            return f"{e.topic}-{e.partition} begins at {e.to}", f"was {e.was}: DeleteRecords"
        case "log_compacted":
            what = f"{e.topic}-{e.partition} is compacted up to {e.to}"
            return what, f"{e.kept} records stayed, {e.removed} went"
        case "log_recovered":
            return f"{e.topic}-{e.partition} ends at {e.log_end}", f"{e.cut_bytes} bytes were damaged and cut"
        case "disk_full":
            return "a write did not fit on its disk", ""
        case "disk_has_room":
            return "writes fit again", ""
        case "log_dir_failed":
            return f"its disk failed: {e.reason}", e.file
        case "produce_refused":
            return f"was told no: {e.error}", ""
        case "broker_powered_off":
            return "loses its power", f"led {e.leads}; its files are {e.lost_bytes:,} bytes shorter"
        case "broker_paused":
            return ("goes on", "woken before its time") if not e.ms else (f"stands still for {e.ms / 1000:g} s", "")
        case "link_cut":
            return f"the link {e.source} {'<' * e.both}-> {e.target} is cut", ""
        case "links_healed":
            return f"the links of {e.node or 'all'}{f' and {e.other}' * bool(e.other)} are whole", ""
        case "bit_flipped":
            return f"bit {e.bit} of byte {e.byte} of {e.path} turns over", ""
        case "broker_crashed":
            return "crashed", f"led {e.leads}"
        case "broker_started":
            return "starts", ""
        case "broker_stopping":
            return "begins to stop", f"leads {e.leads}"
        case "broker_stopped":
            return "stopped", ""
        case "broker_fenced":
            return f"B{e.broker} fenced: no heartbeat for {e.silent_ms / 1000:g} s", ""
        case "broker_unfenced":
            return f"B{e.broker} unfenced: it may serve", ""
        case "leader_elected":
            what = f"{e.topic}-{e.partition}: leader {e.leader}, epoch {e.epoch}, isr {numbers(e.isr)}"
            return what, WHY[e.why]
        case "leader_missing":
            return f"{e.topic}-{e.partition}: no leader, epoch {e.epoch}, isr {numbers(e.isr)}", "nobody in sync lives"
        case "isr_shrunk":
            return f"{e.topic}-{e.partition}: isr {numbers(e.isr)}", f"without {numbers(e.out)}: {e.why}"
        case "isr_expanded":
            return f"{e.topic}-{e.partition}: isr {numbers(e.isr)}", f"{numbers(e.back)} caught up"
        case "log_truncated":
            what = f"cuts {e.topic}-{e.partition} from {e.was} to {e.to}"
            return what, f"where epoch {e.epoch} ended (KIP-101)"
        case _:
            return _of_groups(event)


def _of_groups(event: Event) -> tuple[str, str]:
    e: Any = event
    match event.code:
        case "coordinator_moved":
            return f"coordinates {e.group}", f"read it from __consumer_offsets-{e.partition}"
        case "consumer_added":
            return f"a consumer for {e.group}", ""
        case "consumer_changed":
            return f"{e.what} {e.value}".strip(), ""
        case "member_joined":
            return f"{e.client} joined {e.group}", ""
        case "member_left":
            return f"{e.client} left {e.group}", ""
        case "member_expired":
            return f"{e.client} expired in {e.group}: silent for {e.silent_ms / 1000:g} s", e.why
        case "rebalance_started":
            return f"{e.group} rebalances: {e.why} {e.who}".rstrip(), f"{e.members} members"
        case "generation_formed":
            return f"{e.group} is in generation {e.generation}", f"{e.members} members, {e.protocol}"
        case "assignment_made":
            shares = "; ".join(f"{who} {' '.join(have) or 'idle'}" for who, have in e.assignments.items())
            return f"{e.group}: {shares}", ""
        case "group_emptied":
            return f"{e.group} is empty", ""
        case _:
            return _of_streams(event)


def shard(name: str) -> str:
    return f"shard {int(name.removeprefix('shardId-'))}"


def _of_streams(event: Event) -> tuple[str, str]:
    e: Any = event
    match event.code:
        case "call_answered":
            return f"{e.operation}: {e.error or 'done'}", f"for {e.client}"
        case "record_put":
            return f"{shard(e.shard)} takes @{e.offset} key={e.key}", f"from {e.client}"
        case "records_read":
            return f"{shard(e.shard)} gives @{e.first}" + (f"..{e.last}" if e.last != e.first else ""), f"to {e.client}"
        case "shard_closed":
            return f"{shard(e.shard)} is closed", f"it ends at {e.end}"
        case "shards_split":
            return f"{shard(e.parent)} -> {', '.join(map(shard, e.children))}", ""
        case "shards_merged":
            return f"{', '.join(map(shard, e.parents))} -> {shard(e.child)}", ""
        case "stream_updating" | "stream_active" | "stream_deleting" | "stream_deleted":
            return f"{e.stream} is {e.code.removeprefix('stream_').upper()}", ""
        case "put_throttled":
            return f"{shard(e.shard)}: {e.records} records are too many", f"from {e.client}: {e.why}"
        case "put_failed":
            return f"{shard(e.shard)}: {e.records} records found no broker", f"from {e.client}"
        case "lease_taken":
            return f"leases {shard(e.shard)}", f"from {e.start}" if not e.start.isdigit() else "from its checkpoint"
        case "lease_done":
            return f"has read {shard(e.shard)} to its end", ""
        case "stream_consumer_changed" | "stream_producer_changed":
            return f"{e.what} {e.value}".strip(), ""
        case _:
            return f"{event.code} {asdict(event)}", ""  # type: ignore[call-overload]
