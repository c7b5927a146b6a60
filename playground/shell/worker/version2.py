"""Where version 2 of the AWS command line differs from version 1, whose code we have: what it takes and says.

Source: "Migration guide for the AWS CLI version 2" (docs.aws.amazon.com/cli/latest/userguide, cliv2-migration-changes).
Blobs are base64 unless ``--cli-binary-format raw-in-base64-out``; times are ISO 8601; exit codes say what went wrong;
``yaml`` and ``yaml-stream`` are outputs; a value that begins with http:// is a value; nothing goes through a pager.
"""

from __future__ import annotations

import argparse
import base64
import binascii
from datetime import UTC, datetime
from typing import Any

import yaml
from awscli import clidriver, formatter, paramfile
from awscli.argparser import HELP_BLURB, CLIArgParser
from awscli.argprocess import ParamError
from awscli.customizations import cliinputjson
from botocore.utils import parse_timestamp

PARAMETER_ERROR, CONFIGURATION_ERROR, SERVICE_ERROR, GENERAL_ERROR, INTERRUPTED = 252, 253, 254, 255, 130
USAGE = f"aws [options] <command> <subcommand> [<subcommand> ...] [parameters]\n{HELP_BLURB}"
RAW = "raw-in-base64-out"
OPTIONS: dict[str, dict[str, Any]] = {
    "cli-binary-format": {
        "choices": ["base64", RAW],
        "help": "<p>The formatting style to be used for binary blobs. The default format is base64.</p>",
    },
    "no-cli-pager": {"action": "store_true", "help": "<p>Disable cli pager for output.</p>"},
    "no-cli-auto-prompt": {"action": "store_true", "help": "<p>Disable automatically prompt for parameters.</p>"},
}
OUTPUTS = ["json", "text", "table", "yaml", "yaml-stream"]


class ArgumentError(Exception):
    """The command line makes no sense; the message holds the usage."""


class InvalidBase64(Exception):
    pass


def _error(self: CLIArgParser, message: str) -> None:
    raise ArgumentError(f"usage: {USAGE}\n\naws: error: {message}\n")


def install() -> None:
    """Once a process, before the first command."""
    vars(argparse)["_"] = str  # it looks for translations of its words, in files, with each parser; there are none
    CLIArgParser.error = _error
    CLIArgParser.format_usage = lambda self: f"usage: {USAGE}\n"
    clidriver.get_formatter = _formatter


def _formatter(kind: str, arguments: Any) -> Any:
    if kind == "yaml":
        return YamlFormatter(arguments)
    return YamlStreamFormatter(arguments) if kind == "yaml-stream" else formatter.get_formatter(kind, arguments)


def iso(value: Any) -> str:
    """A time of an answer, as version 2 prints it; this shell's clock stands in UTC, as CloudShell's does."""
    moment: datetime = parse_timestamp(value)
    return moment.astimezone(UTC).isoformat()


def decoded(params: Any, shape: Any) -> Any:
    """The parameters with each blob that was given as text taken as base64. Raises InvalidBase64."""
    if shape.type_name == "structure" and isinstance(params, dict):
        members = shape.members
        return {name: decoded(value, members[name]) if name in members else value for name, value in params.items()}
    if shape.type_name == "list" and isinstance(params, list):
        return [decoded(value, shape.member) for value in params]
    if shape.type_name == "map" and isinstance(params, dict):
        return {name: decoded(value, shape.value) for name, value in params.items()}
    if shape.type_name == "blob" and isinstance(params, str):
        try:
            # Not strict, as there: what is no letter of base64 is left out, and {"nome":"Fernando"} is taken for it.
            return base64.b64decode(params)
        except (binascii.Error, ValueError):
            raise InvalidBase64(f'Invalid base64: "{params}"') from None
    return params


class InputYaml(cliinputjson.CliInputJSONArgument):  # type: ignore[misc]
    """``--cli-input-yaml``, beside ``--cli-input-json``: all parameters as one text."""

    ARG_DATA = {
        "name": "cli-input-yaml",
        "help_text": "Reads arguments from the YAML string provided. Arguments on the command line override them.",
    }

    @classmethod
    def add(cls, session: Any, argument_table: Any, **_: Any) -> None:
        cls(session).add_to_arg_table(argument_table)

    def add_to_call_parameters(self, call_parameters: Any, parsed_args: Any, parsed_globals: Any, **_: Any) -> None:
        given = parsed_args.cli_input_yaml
        if given is None:
            return
        text = paramfile.get_paramfile(given, paramfile.LOCAL_PREFIX_MAP)
        try:
            parameters = yaml.safe_load(given if text is None else text)
        except yaml.YAMLError:
            raise ParamError(self.name, "Invalid YAML received.") from None
        if not isinstance(parameters, dict):
            raise ParamError(self.name, f"Invalid type: expecting map, received {type(parameters)}")
        self._update_call_parameters(call_parameters, parameters)


class YamlFormatter(formatter.FullyBufferedFormatter):  # type: ignore[misc]
    def _format_response(self, command_name: str, response: Any, stream: Any) -> None:
        if response != {}:
            _dump(response, stream)


class YamlStreamFormatter(formatter.Formatter):  # type: ignore[misc]
    def __call__(self, command_name: str, response: Any, stream: Any = None) -> None:
        stream = stream or self._get_default_stream()
        pages = response if formatter.is_response_paginated(response) else [response]
        for page in pages:
            self._remove_request_id(page)
            found = page if self._args.query is None else self._args.query.search(page)
            if found != {}:
                _dump([found], stream)
        self._flush_stream(stream)


def _dump(value: Any, stream: Any) -> None:
    if value is None or isinstance(value, (str, int, float, bool)):
        formatter.json.dump(value, stream, ensure_ascii=False)
        stream.write("\n")
    else:
        yaml.safe_dump(_simple(value), stream, default_flow_style=False, allow_unicode=True, width=10**6)


def _simple(value: Any) -> Any:
    """Dictionaries without an order of their own, as YAML's safe writer wants them."""
    if isinstance(value, dict):
        return {str(name): _simple(inner) for name, inner in value.items()}
    return [_simple(inner) for inner in value] if isinstance(value, list) else value
