"""Keys: one pair a sandbox, in its folder, for nobody else's eyes."""

import re
import stat

from engine.live.aws.credentials import FILE, Keys, new_key


def test_a_key_looks_like_one_of_aws_and_like_a_fake():
    key = new_key()
    assert re.fullmatch(r"AKIARIACHO[A-Z2-7]{10}", key.access_key)
    assert len(key.secret_key) == 40 and key.secret_key.startswith("RiachoPlaygroundKey/")
    assert new_key() != key


def test_it_is_made_once_and_found_again(tmp_path):
    folders = {"demo": tmp_path}
    key = Keys(lambda: folders).of("demo")
    assert stat.S_IMODE((tmp_path / FILE).stat().st_mode) == 0o600
    later = Keys(lambda: folders)
    assert later.find(key.access_key) == ("demo", key)
    assert later.of("demo") == key


def test_a_branch_gets_its_own(tmp_path):
    folders = {"demo": tmp_path / "a", "demo-2": tmp_path / "b"}
    for folder in folders.values():
        folder.mkdir()
    keys = Keys(lambda: folders)
    assert keys.of("demo") != keys.of("demo-2")


def test_a_sandbox_begun_anew_keeps_its_key(tmp_path):
    folders = {"demo": tmp_path}
    keys = Keys(lambda: folders)
    key = keys.of("demo")
    (tmp_path / FILE).unlink()
    keys.keep("demo")
    assert Keys(lambda: folders).of("demo") == key


def test_a_deleted_sandbox_s_key_opens_nothing(tmp_path):
    folders = {"demo": tmp_path}
    keys = Keys(lambda: folders)
    key = keys.of("demo")
    del folders["demo"]
    keys.forget("demo")
    assert keys.find(key.access_key) is None


def test_a_damaged_file_is_replaced(tmp_path):
    (tmp_path / FILE).write_text('{"access_key": "AKIA", "secret_key": 5}')
    key = Keys(lambda: {"demo": tmp_path}).of("demo")
    assert key.access_key.startswith("AKIARIACHO")


def test_a_key_that_is_none_is_not_looked_for(tmp_path):
    def never():
        raise AssertionError

    assert Keys(never).find("../../etc/passwd") is None
