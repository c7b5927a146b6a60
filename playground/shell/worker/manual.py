"""``aws help``, ``aws kinesis help``, ``aws kinesis put-record help``: pages from AWS's own models, as plain text.

The real command formats its pages with groff and shows them in a pager, which are programs; here they are laid out
directly. Names, texts and types are those of the models and of awscli; examples come from the files awscli carries.
"""

from __future__ import annotations

import textwrap
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import awscli
from awscli import clidriver
from botocore import xform_name

from playground.shell.worker import version2

WIDTH = 80
EXAMPLES = Path(awscli.__file__).parent / "examples"
GLOBAL_OPTIONS = ("output", "query", "region", "color", "no-paginate", "no-sign-request", "cli-binary-format",
                  "cli-read-timeout", "cli-connect-timeout", "no-cli-pager")  # fmt: skip


def asked(argv: list[str]) -> list[str] | None:
    """What a page is wanted of: [], ["kinesis"], ["kinesis", "put-record"]...; None: no help is asked for."""
    if "help" not in argv:
        return None
    words = argv[: argv.index("help")]
    if words and words[-1].startswith("-"):
        return None  # a value that says "help"
    return words if all(not word.startswith("-") for word in words) else None


def page(shared: Any, words: list[str]) -> tuple[str, int]:
    """The page and an exit code; of something that does not exist, what there is instead."""
    if not words:
        return _provider(shared), 0
    session = shared.session()
    service = clidriver.ServiceCommand(cli_name="kinesis", session=session, service_name="kinesis")
    table = service._get_command_table()
    if words[0] != "kinesis" or len(words) > 3 or (len(words) > 1 and words[1] not in table):
        unknown = words[0] if words[0] != "kinesis" else words[min(1, len(words) - 1)]
        told = f"\nusage: {version2.USAGE}\n\naws: error: argument command: Invalid choice: '{unknown}'\n"
        return told, version2.PARAMETER_ERROR
    if len(words) == 1:
        return _service(service, table), 0
    command = table[words[1]]
    if words[1] == "wait":
        return _waiters(command, words[2:])
    return _operation(command), 0


def operations(shared: Any) -> dict[str, list[str]]:
    """Of each operation the options it takes: for completion in the browser."""
    service = clidriver.ServiceCommand(cli_name="kinesis", session=shared.session(), service_name="kinesis")
    table = service._get_command_table()
    found = {name: [arg.cli_name for arg in command.arg_table.values()]
             for name, command in table.items() if name != "wait"}  # fmt: skip
    return found | {f"wait {name}": ["--stream-name"] for name in table["wait"].subcommand_table}


def global_options(shared: Any) -> list[str]:
    return [f"--{name}" for name in GLOBAL_OPTIONS if name in shared.cli["options"]]


def _provider(shared: Any) -> str:
    options = [(f"--{name}", _type_of(shared.cli["options"][name]), shared.cli["options"][name].get("help", ""))
               for name in GLOBAL_OPTIONS]  # fmt: skip
    return _join(
        _part("NAME", "aws -"),
        _part("DESCRIPTION", shared.cli["description"]),
        _part("SYNOPSIS", shared.cli["synopsis"]),
        _options("GLOBAL OPTIONS", options),
        _part("AVAILABLE SERVICES", "<ul><li>kinesis</li><li>help</li></ul>"),
    )


def _service(service: Any, table: dict[str, Any]) -> str:
    names = "".join(f"<li>{name}</li>" for name in sorted({*table, "help"}))
    return _join(
        _part("NAME", "kinesis -"),
        _part("DESCRIPTION", service.service_model.documentation),
        _part("AVAILABLE COMMANDS", f"<ul>{names}</ul>"),
    )


def _operation(command: Any) -> str:
    model = command._operation_model
    arguments = [arg for arg in command.arg_table.values() if not getattr(arg, "_UNDOCUMENTED", False)]
    shown = [arg.cli_name if _is_flag(arg) else f"{arg.cli_name} <value>" for arg in arguments]
    synopsis = [text if arg.required else f"[{text}]" for arg, text in zip(arguments, shown, strict=True)]
    told = [(arg.cli_name, _told_type(arg), arg.documentation) for arg in arguments]
    output = [(name, shape.type_name, shape.documentation) for name, shape in _members(model.output_shape)]
    errors = "".join(f"<li>{shape.name}</li>" for shape in model.error_shapes)
    return _join(
        _part("NAME", f"{command.name} -"),
        _part("DESCRIPTION", model.documentation),
        f"SYNOPSIS\n{textwrap.indent(chr(10).join([command.name, *synopsis]), '    ')}\n",
        _options("OPTIONS", told),
        _examples(command.name),
        _options("OUTPUT", output) if output else _part("OUTPUT", "None"),
        _part("ERRORS", f"<ul>{errors}</ul>") if errors else "",
    )


def _waiters(command: Any, words: list[str]) -> tuple[str, int]:
    table = command.subcommand_table
    if not words:
        names = "".join(f"<li>{name}</li>" for name in sorted(table))
        return _join(_part("NAME", "wait -"), _part("DESCRIPTION", "Wait until a particular condition is satisfied."),
                     _part("AVAILABLE COMMANDS", f"<ul>{names}</ul>")), 0  # fmt: skip
    if words[0] not in table:
        return f"\naws: error: argument operation: Invalid choice: '{words[0]}'\n", version2.PARAMETER_ERROR
    told = [(arg.cli_name, _told_type(arg), arg.documentation) for arg in table[words[0]].arg_table.values()]
    return _join(
        _part("NAME", f"{words[0]} -"), _part("DESCRIPTION", table[words[0]].DESCRIPTION), _options("OPTIONS", told)
    ), 0


# --- layout -------------------------------------------------------------------------------------------------


def _join(*parts: str) -> str:
    return "\n".join(part for part in parts if part)


def _part(title: str, html: str) -> str:
    return f"{title}\n{textwrap.indent(plain(html), '    ')}\n"


def _options(title: str, options: list[tuple[str, str, str]]) -> str:
    told = [f"    {name} ({kind})\n{textwrap.indent(plain(text), '        ')}\n" for name, kind, text in options]
    return f"{title}\n" + "\n".join(told)


def _examples(operation: str) -> str:
    """What awscli's own files show of it, reStructuredText and all: that reads well as it is."""
    file = EXAMPLES / "kinesis" / f"{operation}.rst"
    if not file.is_file():
        return ""
    text = file.read_text(encoding="utf-8").replace("::\n", ":\n").replace("**", "")
    return f"EXAMPLES\n{textwrap.indent(text.strip(), '    ')}\n"


def _is_flag(argument: Any) -> bool:
    return argument.cli_type_name == "boolean" or getattr(argument, "_action", None) == "store_true"


def _told_type(argument: Any) -> str:
    model = argument.argument_model
    told = [argument.cli_type_name] + (["required"] if argument.required else [])
    if model is not None:
        limits = {name: model.metadata[name] for name in ("min", "max", "pattern") if name in model.metadata}
        told += [f"{name}: {value}" for name, value in limits.items()]
        told += [" | ".join(model.enum)] if getattr(model, "enum", None) else []
        if argument.cli_type_name in ("list", "structure", "map"):
            told.append("JSON or shorthand: " + _shorthand(model))
    return ", ".join(told)


def _shorthand(shape: Any) -> str:
    if shape.type_name == "structure":
        return ",".join(f"{name}={member.type_name}" for name, member in shape.members.items())
    if shape.type_name == "list":
        inner = shape.member
        return f"{_shorthand(inner)} ..." if inner.type_name == "structure" else f"{inner.type_name} ..."
    return "key=value,key=value" if shape.type_name == "map" else str(shape.type_name)


def _type_of(option: dict[str, Any]) -> str:
    if "choices" in option:
        return " | ".join(option["choices"])
    return "boolean" if str(option.get("action", "")).startswith("store_") else "string"


def _members(shape: Any) -> list[tuple[str, Any]]:
    return list(shape.members.items()) if shape is not None else []


def name_of(operation: str) -> str:
    """PutRecord as the command line writes it."""
    return str(xform_name(operation, "-"))


class _Plain(HTMLParser):
    """The few tags of AWS's texts, as paragraphs and lists."""

    def __init__(self) -> None:
        super().__init__()
        self.blocks: list[tuple[int, str]] = []  # how deep in lists, text
        self.depth = 0
        self.text = ""

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        if tag in ("p", "li", "ul", "ol", "dl", "dt", "dd", "note", "important", "div"):
            self.flush()
        if tag in ("ul", "ol", "dl"):
            self.depth += 1
        if tag == "li":
            self.text = "* "

    def handle_endtag(self, tag: str) -> None:
        if tag in ("p", "li", "ul", "ol", "dl", "dt", "dd"):
            self.flush()
        if tag in ("ul", "ol", "dl"):
            self.depth -= 1

    def handle_data(self, data: str) -> None:
        self.text += data

    def flush(self) -> None:
        if self.text.strip() not in ("", "*"):
            self.blocks.append((self.depth, " ".join(self.text.split())))
        elif self.text.strip() == "*":
            return  # its paragraph follows
        self.text = ""


def plain(html: str) -> str:
    parser = _Plain()
    parser.feed(html or "")
    parser.flush()
    lines = []
    for number, (depth, text) in enumerate(parser.blocks):
        margin = "  " * max(0, depth - 1)
        after = "  " if text.startswith("* ") else ""
        if number and not (depth and text.startswith("* ")):
            lines.append("")
        lines.append(textwrap.fill(text, WIDTH - 8, initial_indent=margin, subsequent_indent=margin + after,
                                   break_long_words=False, break_on_hyphens=False))  # fmt: skip
    return "\n".join(lines)
