"""The one command vocabulary: a click, an API call, a lesson's script, a scenario test and a journal entry.

A command is a dataclass with the name it is called by (``do``). ``parse`` makes one from JSON and
refuses, with the reason and what the command takes, whatever does not fit. Whether a command is
possible *now* (does broker 3 exist?) is decided when it is applied, by engine/cluster/, which
raises ``CommandRefused`` too.
"""

from __future__ import annotations

from engine.commands.forms import parse, takes, to_json
from engine.commands.vocabulary import (
    COMMANDS,
    AddBroker,
    AddConsumer,
    AddGroup,
    AddProducer,
    Command,
    CommandRefused,
    CrashBroker,
    CrashConsumer,
    CreateTopic,
    DeleteTopic,
    Pause,
    Produce,
    RemoveConsumer,
    RemoveGroup,
    RemoveProducer,
    Resume,
    SetConsumer,
    SetProducer,
    Speed,
    StartBroker,
    StartConsumer,
    StartProducer,
    Step,
    StopBroker,
    StopConsumer,
    StopProducer,
)

__all__ = [
    "AddBroker",
    "AddConsumer",
    "AddGroup",
    "AddProducer",
    "COMMANDS",
    "Command",
    "CommandRefused",
    "CrashBroker",
    "CrashConsumer",
    "CreateTopic",
    "DeleteTopic",
    "Pause",
    "Produce",
    "RemoveConsumer",
    "RemoveGroup",
    "RemoveProducer",
    "Resume",
    "SetConsumer",
    "SetProducer",
    "Speed",
    "StartBroker",
    "StartConsumer",
    "StartProducer",
    "Step",
    "StopBroker",
    "StopConsumer",
    "StopProducer",
    "parse",
    "takes",
    "to_json",
]
