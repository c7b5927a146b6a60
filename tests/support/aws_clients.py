"""AWS clients against a host of the tests."""

from __future__ import annotations

from typing import Any

import boto3
from botocore.config import Config

from engine.live.thread import HostThread


def boto(host: HostThread, access: dict[str, str] | None = None, **changes: Any) -> Any:
    """A Kinesis client of boto3; it tries nothing twice. access: as the host gives it; changes: of that."""
    given = {**(access or host.call("aws_access", owner="", all=True)), **changes}
    return boto3.client(
        "kinesis", endpoint_url=given["endpoint"], region_name=given["region"],
        aws_access_key_id=given["access_key"], aws_secret_access_key=given["secret_key"],
        aws_session_token=given.get("session_token"),
        config=Config(
            retries={"max_attempts": 0}, read_timeout=30, parameter_validation=given.get("validate", True),
            user_agent_appid=given.get("app"),
        ),
    )  # fmt: skip


def terminal(access: dict[str, str]) -> dict[str, str]:
    """The environment of a terminal that has the keys, and nothing of this machine's own settings."""
    return {
        "AWS_ACCESS_KEY_ID": access["access_key"], "AWS_SECRET_ACCESS_KEY": access["secret_key"],
        "AWS_DEFAULT_REGION": access["region"], "AWS_ENDPOINT_URL": access["endpoint"], "AWS_PAGER": "",
        "AWS_CONFIG_FILE": "/dev/null", "AWS_SHARED_CREDENTIALS_FILE": "/dev/null", "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_RETRY_MODE": "standard", "AWS_MAX_ATTEMPTS": "1",
    }  # fmt: skip
