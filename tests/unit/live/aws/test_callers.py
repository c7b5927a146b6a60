"""Who it is that calls."""

import pytest

from engine.live.aws.callers import caller


@pytest.mark.parametrize(
    ("agent", "host", "who"),
    [
        ("aws-cli/2.9.19 Python/3.11.2 Linux/6.1 prompt/off", "127.0.0.1", ("aws-cli", "2.9.19", "aws-cli")),
        ("aws-cli/2.9.19 Python/3.11.2", "10.0.0.7", ("aws-cli", "2.9.19", "aws-cli@10.0.0.7")),
        ("Boto3/1.44.5 md/Botocore#1.44.5 app/turma-a", "127.0.0.1", ("Boto3", "1.44.5", "turma-a")),
        ("aws-cli/1.46.3 exec-env/RiachoShell app/shell-3f2a", "127.0.0.1", ("shell", "1.46.3", "shell-3f2a")),
        ("", "127.0.0.1", ("-", "-", "-")),
        ("a b\n/1 app/x y\nz", "::1", ("a", "-", "x")),
        ("é" * 100, "127.0.0.1", ("-", "-", "-")),
    ],
)
def test_software_version_and_label_are_three_words(agent, host, who):
    assert caller(agent, host) == who
