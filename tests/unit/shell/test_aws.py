"""The real command line in the shell, with version 2's ways: what it sends, says and ends with."""

from __future__ import annotations

import base64
import json

import pytest

from tests.unit.shell.bench import Shell

PUT = "aws kinesis put-record --stream-name ftf-meu-stream --partition-key 1 --data "


def sent(shell: Shell) -> bytes:
    operation, parameters, _ = shell.bench.aws.requests[-1]
    assert operation == "PutRecord"
    return base64.b64decode(parameters["Data"])


def test_the_sandboxes_keys_and_a_name_of_its_own_go_along(shell: Shell) -> None:
    assert shell.run("aws kinesis list-streams").out == json.dumps({"StreamNames": ["ftf-meu-stream"]}, indent=4) + "\n"
    _, _, headers = shell.bench.aws.requests[-1]
    assert "Credential=AKIARIACHO0123456789/" in headers["authorization"]
    assert "/us-east-1/kinesis/aws4_request" in headers["authorization"]
    assert headers["user-agent"].startswith("aws-cli/") and "app/shell-test" in headers["user-agent"]


def test_data_is_base64_unless_it_is_said_to_be_raw(shell: Shell) -> None:
    shell.run(f"{PUT}dGVzdGU=")
    assert sent(shell) == b"teste"
    shell.run(f"{PUT}teste --cli-binary-format raw-in-base64-out")
    assert sent(shell) == b"teste"
    shell.run(f"{PUT}testdata")
    assert sent(shell) == base64.b64decode("testdata")


def test_text_that_is_no_base64_is_refused_in_version_twos_words(shell: Shell) -> None:
    result = shell.run(f"{PUT}teste")
    assert (result.err, result.exit) == ('\nInvalid base64: "teste"\n', 255)
    assert shell.bench.aws.requests == []


def test_json_that_is_not_said_to_be_raw_passes_for_base64(shell: Shell) -> None:
    shell.run(f"""{PUT}'{{"nome":"Fernando"}}'""")
    assert sent(shell) == base64.b64decode("nomeFernando")


def test_records_in_shorthand_and_json_are_decoded_too(shell: Shell) -> None:
    shell.run("aws kinesis put-records --stream-name s --records Data=dGVzdGU=,PartitionKey=1 Data=b2k=,PartitionKey=2")
    _, parameters, _ = shell.bench.aws.requests[-1]
    assert [base64.b64decode(one["Data"]) for one in parameters["Records"]] == [b"teste", b"oi"]


def test_times_are_iso_8601_and_yaml_is_an_output(shell: Shell) -> None:
    read = "aws kinesis get-records --shard-iterator x "
    assert '"ApproximateArrivalTimestamp": "2022-09-14T12:56:27.250000+00:00"' in shell.run(read).out
    assert (
        "- ApproximateArrivalTimestamp: '2022-09-14T12:56:27.250000+00:00'\n" in shell.run(f"{read}--output yaml").out
    )
    assert shell.run(f"{read}--output text --query 'Records[0].Data'").out == "dGVzdGU=\n"
    assert "GetRecords" in shell.run(f"{read}--output table").out


def test_pipes_and_variables_work_as_in_the_lecture(shell: Shell) -> None:
    asked = "aws kinesis get-shard-iterator --stream-name s --shard-id shardId-000000000003 "
    shell.run(f"IT=$({asked}--shard-iterator-type TRIM_HORIZON --query ShardIterator --output text)")
    result = shell.run("aws kinesis get-records --shard-iterator $IT | jq -r '.Records[].Data' | base64 -d")
    assert result.out == "teste"
    assert shell.bench.aws.requests[-1][1] == {"ShardIterator": "AAAAAAAAAAE" + "x" * 40}


@pytest.mark.parametrize(
    ("line", "code", "said"),
    [
        ("aws kinesis put-record", 252, "aws: error: the following arguments are required: --data, --partition-key"),
        ("aws kinesis list-stream", 252, "* list-streams"),
        ("aws kinesis list-streams --nonsense 1", 252, "Unknown options: --nonsense"),
        ("aws kinesis list-streams --limit x", 255, "invalid literal for int()"),
        ("aws kinesis create-stream --stream-name s --shard-count 0", 252, "Parameter validation failed"),
        (f"{PUT}file://nothing.txt", 252, "Unable to load paramfile file://nothing.txt: [Errno 2]"),
        ("aws kinesis list-streams --query 'a['", 255, "Bad value for --query"),
    ],
)
def test_exit_codes_are_version_twos(shell: Shell, line: str, code: int, said: str) -> None:
    result = shell.run(line)
    assert said in result.err
    assert result.exit == code


def test_what_the_service_refuses_ends_with_254(shell: Shell) -> None:
    refused = {"__type": "ResourceNotFoundException", "message": "Stream s under account 000000000000 not found."}
    shell.bench.aws.answer = lambda operation, parameters: (400, refused)
    result = shell.run("aws kinesis describe-stream --stream-name s")
    assert result.exit == 254
    assert result.err == (
        "\nAn error occurred (ResourceNotFoundException) when calling the DescribeStream operation: "
        "Stream s under account 000000000000 not found.\n"
    )


def test_files_are_those_of_the_shell_in_every_form(shell: Shell) -> None:
    shell.run("echo -n oi > a.txt; mkdir d; echo -n b2k= > d/b")
    shell.run(f"{PUT}fileb://a.txt")
    assert sent(shell) == b"oi"
    shell.run(f"{PUT}file://d/b")
    assert sent(shell) == b"oi"
    shell.run('echo \'{"StreamName":"s","PartitionKey":"1","Data":"b2k="}\' > in.json')
    shell.run("aws kinesis put-record --cli-input-json file://in.json")
    assert sent(shell) == b"oi"
    shell.run("printf 'StreamName: s\\nPartitionKey: \"1\"\\nData: b2k=\\n' > in.yaml")
    shell.run("aws kinesis put-record --cli-input-yaml file://in.yaml --partition-key 2")
    assert sent(shell) == b"oi" and shell.bench.aws.requests[-1][1]["PartitionKey"] == "2"
    assert "Invalid type: expecting map" in shell.run("aws kinesis put-record --cli-input-yaml hm").err
    shell.run(
        "cd d; aws kinesis put-records --stream-name s --records Data@=fileb:///home/cloudshell-user/a.txt,PartitionKey=1"
    )
    assert base64.b64decode(shell.bench.aws.requests[-1][1]["Records"][0]["Data"]) == b"oi"


def test_a_value_that_looks_like_an_address_is_a_value(shell: Shell) -> None:
    shell.run(f"{PUT}http://127.0.0.1/secret --cli-binary-format raw-in-base64-out")
    assert sent(shell) == b"http://127.0.0.1/secret"


def test_one_command_leaves_nothing_for_the_next(shell: Shell) -> None:
    shell.run("aws kinesis list-streams --region eu-west-1 --output text --no-sign-request")
    shell.run("aws kinesis list-streams", label="shell-other")
    _, _, headers = shell.bench.aws.requests[-1]
    assert "/us-east-1/kinesis/" in headers["authorization"]
    assert headers["user-agent"].endswith("app/shell-other") and "shell-test" not in headers["user-agent"]


def test_whoever_wants_to_see_wrong_keys_refused_may_give_some(shell: Shell) -> None:
    shell.run("AWS_ACCESS_KEY_ID=AKIAWRONG AWS_SECRET_ACCESS_KEY=x aws kinesis list-streams")
    assert "Credential=AKIAWRONG/" in shell.bench.aws.requests[-1][2]["authorization"]


def test_the_lines_meant_for_a_terminal_of_ones_own_do_no_harm(shell: Shell) -> None:
    shell.run(f"export AWS_ENDPOINT_URL={shell.bench.aws.url}")
    assert shell.run("aws kinesis list-streams").exit == 0
    shell.run("export AWS_ENDPOINT_URL=http://127.0.0.1:1")
    assert "AWS_ENDPOINT_URL" in shell.run("aws kinesis list-streams").err


def test_help_comes_from_the_models(shell: Shell) -> None:
    page = shell.run("aws kinesis put-record help").out
    assert (
        page.startswith("NAME\n    put-record -\n") and "--partition-key (string, required, min: 1, max: 256)" in page
    )
    assert "blob" in page and "EXAMPLES" in page and "ProvisionedThroughputExceededException" in page
    assert "    * put-record\n" in shell.run("aws kinesis help").out
    assert "subscribe-to-shard" not in shell.run("aws kinesis help").out
    assert "--cli-binary-format (base64 | raw-in-base64-out)" in shell.run("aws help").out
    assert "stream-exists" in shell.run("aws kinesis wait help").out


def test_the_shells_own_help_is_in_the_readers_language(shell: Shell) -> None:
    assert "This is a real bash" in shell.run("help").out
    assert "Este é um bash de verdade" in shell.run("ajuda", language="pt-BR").out
