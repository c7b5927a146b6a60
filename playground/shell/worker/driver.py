"""The ``aws`` command: awscli's own driver, called in this process, with version 2's ways and this sandbox's keys.

Each command gets a session and a driver of its own, so that nothing one command sets (a region, an option, a handler)
is there in the next. What is expensive is shared: the models, and the handlers of events, of which there are only those
that concern Kinesis. So there are no plugins, no aliases, no other services and no configuration files: nothing of
that is ever loaded.
"""

from __future__ import annotations

import copy
import logging
import sys
from typing import Any

import awscli
from awscli import clidriver, paramfile
from awscli.argprocess import ParamError, ParamShorthandParser, ParamSyntaxError
from awscli.arguments import UnknownArgumentError
from awscli.customizations import (
    cliinputjson,
    generatecliskeleton,
    globalargs,
    kinesis,
    paginate,
    removals,
    waiters,
)
from botocore import handlers, hooks
from botocore import session as sessions
from botocore.exceptions import ClientError, NoCredentialsError, NoRegionError, ParamValidationError

from playground.shell.worker import version2
from playground.shell.worker.clients import Clients

SERVICE = "kinesis"
ALIASES_MAX = 5_000  # names of events; then they are worked out anew
# Options of the real command that would reach out of the sandbox, or tell about the machine it runs on.
FORBIDDEN_OPTIONS = ("endpoint_url", "profile", "ca_bundle", "debug", "v2_debug")


class OptionForbidden(Exception):
    """option: as it is written."""

    def __init__(self, option: str) -> None:
        super().__init__(option)
        self.option = option


class Shared:
    """What all commands of this process use. Made once; after that awscli is changed no more."""

    def __init__(self) -> None:
        version2.install()
        logging.disable(logging.CRITICAL)  # what goes wrong is told as the command's own error
        self.command: Driver | None = None  # that runs
        self.clients = Clients()
        _remember_aliases()
        handlers.BUILTIN_HANDLERS[:] = [one for one in handlers.BUILTIN_HANDLERS if "." not in one[0]]
        template = sessions.Session(awscli.EnvironmentVariables)
        self.events = template.get_component("event_emitter")
        self.loader = template.get_component("data_loader")
        self.model = template.get_service_model(SERVICE)
        self.services = frozenset(template.get_available_services())
        self._register()
        data = template.get_data("cli")
        options = {name: dict(option) for name, option in data["options"].items()}
        options["output"]["choices"] = version2.OUTPUTS
        self.cli = {**data, "options": options | version2.OPTIONS}

    def _register(self) -> None:
        """As awscli.handlers does for all services."""
        events = self.events
        events.register(f"provide-client-params.{SERVICE}", self._asked)
        events.register(f"before-send.{SERVICE}", self._named)
        events.register(f"after-call.{SERVICE}", self._answered)
        events.register("load-cli-arg", paramfile.URIArgumentHandler(paramfile.LOCAL_PREFIX_MAP))
        events.register("process-cli-arg", ParamShorthandParser())
        cliinputjson.register_cli_input_json(events)
        events.register("building-argument-table", version2.InputYaml.add)
        paginate.register_pagination(events)
        generatecliskeleton.register_generate_cli_skeleton(events)
        waiters.register_add_waiters(events)
        kinesis.register_kinesis_list_streams_pagination_backcompat(events)
        removals.CommandRemover(events).remove(
            on_event=f"building-command-table.{SERVICE}", remove_commands=["subscribe-to-shard"]
        )
        for handler in (
            globalargs.resolve_types,
            globalargs.no_sign_request,
            globalargs.resolve_verify_ssl,
            globalargs.resolve_cli_read_timeout,
            globalargs.resolve_cli_connect_timeout,
        ):
            events.register("top-level-args-parsed", handler)

    # Handlers of the call that a command makes.

    def _asked(self, params: Any, model: Any, **_: Any) -> Any:
        assert self.command is not None
        self.command.watch.asked(model.name, params)
        raw = self.command.raw or model.input_shape is None
        return None if raw else version2.decoded(params, model.input_shape)

    def _named(self, request: Any, **_: Any) -> None:
        """Which shell it is: as the application's name in the user agent, which is no part of the signature."""
        assert self.command is not None
        agent = request.headers["User-Agent"]
        told = agent.decode() if isinstance(agent, bytes) else str(agent)
        request.headers["User-Agent"] = f"{told} app/{self.command.access['label']}"

    def _answered(self, parsed: Any, **_: Any) -> None:
        assert self.command is not None
        self.command.watch.answered(parsed)

    def session(self) -> Any:
        made = sessions.Session(
            awscli.EnvironmentVariables, event_hooks=copy.copy(self.events), include_builtin_handlers=False
        )
        made.register_component("data_loader", self.loader)
        made.get_service_model = lambda *_, **__: self.model  # which finds each of its shapes once, not in each command
        made.user_agent_name, made.user_agent_version = "aws-cli", awscli.__version__
        made.create_client = lambda service, **options: self.clients.get(made, service, **options)
        factory = made.get_component("response_parser_factory")
        factory.set_parser_defaults(blob_parser=lambda text: text, timestamp_parser=version2.iso)
        return made


def _remember_aliases() -> None:
    """What botocore works out anew for each event it emits, a fifth of a command: under which name handlers stand."""
    alias = hooks.EventAliaser._alias_event_name
    known: dict[str, str] = {}

    def remembered(self: hooks.EventAliaser, name: str) -> str:
        found = known.get(name)
        if found is None:
            if len(known) >= ALIASES_MAX:
                known.clear()
            found = known[name] = alias(self, name)
        return found

    hooks.EventAliaser._alias_event_name = remembered


class Driver(clidriver.CLIDriver):  # type: ignore[misc]
    """One command. watch: is told of its call (``asked``, ``answered``) and of what it failed with (``failed``)."""

    def __init__(self, shared: Shared, access: dict[str, Any], environment: dict[str, str], watch: Any) -> None:
        session = shared.session()
        super().__init__(session=session)
        self.shared, self.access, self.watch = shared, access, watch
        self.raw = False  # whether blobs are taken as they are written
        session.set_config_variable("region", environment.get("AWS_REGION") or environment.get("AWS_DEFAULT_REGION"))
        if output := environment.get("AWS_DEFAULT_OUTPUT"):
            session.set_config_variable("output", output)
        # Somebody may want to see what wrong keys lead to.
        key = environment.get("AWS_ACCESS_KEY_ID", access["access_key"])
        secret = environment.get("AWS_SECRET_ACCESS_KEY", access["secret_key"])
        session.set_credentials(key, secret, environment.get("AWS_SESSION_TOKEN"))

    def _get_cli_data(self) -> Any:
        return self.shared.cli

    def _build_command_table(self) -> dict[str, Any]:
        return {SERVICE: clidriver.ServiceCommand(cli_name=SERVICE, session=self.session, service_name=SERVICE)}

    def main(self, args: list[str]) -> int:
        """The exit code; what it says goes to sys.stdout and sys.stderr. Raises OptionForbidden."""
        try:
            return self._main(args)
        except OptionForbidden:
            raise
        except SystemExit as ended:  # --version
            return int(ended.code or 0)
        except version2.ArgumentError as problem:
            return self._failed(problem, version2.PARAMETER_ERROR)
        except (ParamError, ParamSyntaxError, ParamValidationError) as problem:
            return self._failed(problem, version2.PARAMETER_ERROR)
        except UnknownArgumentError as problem:
            return self._failed(problem, version2.PARAMETER_ERROR, f"usage: {version2.USAGE}\n{problem}\n")
        except (NoRegionError, NoCredentialsError) as problem:
            return self._failed(problem, version2.CONFIGURATION_ERROR)
        except ClientError as problem:
            return self._failed(problem, version2.SERVICE_ERROR)
        except KeyboardInterrupt:
            return version2.INTERRUPTED
        except Exception as problem:
            return self._failed(problem, version2.GENERAL_ERROR)

    def _main(self, args: list[str]) -> int:
        table = self._get_command_table()
        parsed, remaining = self._create_parser(table).parse_known_args(args)
        for name in FORBIDDEN_OPTIONS:
            if getattr(parsed, name, None):
                raise OptionForbidden("--" + name.replace("_", "-"))
        self._handle_top_level_args(parsed, remaining)
        parsed.endpoint_url = self.access["endpoint"]
        self.raw = parsed.cli_binary_format == version2.RAW
        self.shared.command = self
        self._emit_session_event(parsed)
        try:
            return int(table[parsed.command](remaining, parsed))
        finally:
            self.shared.clients.hang_up()
            self.shared.command = None

    def _failed(self, problem: Exception, code: int, said: str | None = None) -> int:
        self.watch.failed(problem)
        sys.stderr.write(f"\n{said or problem}\n")
        return code
