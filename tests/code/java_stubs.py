"""The signatures of ``kafka_api.txt`` as Java source files."""

from __future__ import annotations

import re
from pathlib import Path

IMPORTS = (
    "import java.util.*; import java.util.concurrent.*; import java.time.Duration;"
    " import org.apache.kafka.common.*; import org.apache.kafka.clients.consumer.OffsetAndMetadata;"
    " import org.apache.kafka.common.config.ConfigResource;"
)


def write(folder: Path) -> Path:
    """The folder, for ``javac -sourcepath``."""
    text = (Path(__file__).parent / "kafka_api.txt").read_text(encoding="utf-8")
    for part in re.split(r"^== ", text, flags=re.M)[1:]:
        name, _, body = part.partition("\n")
        package, _, simple = name.rpartition(".")
        path = folder / package.replace(".", "/") / f"{simple}.java"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"package {package};\n{IMPORTS}\n{body}")
    return folder
