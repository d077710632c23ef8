"""What nobody should write into the environment is refused with a sentence that helps."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from amis.environment import ROOT, BadEnvironment, load
from amis.tests.test_environment import GOOD

URLS = ("REDIS_URL", "DATABASE_URL", "OPCUA_SERVER_URL", "GROQ_BASE_URL")
SCHEMES = {"REDIS_URL": "redis", "DATABASE_URL": "postgres", "OPCUA_SERVER_URL": "opc.tcp",
           "GROQ_BASE_URL": "https"}  # fmt: skip
HOSTS = ("DB_HOST", "SMTP_SERVER", "AMIS_BIND", "BASE_DOMAIN")
NUMBERS = ("DB_PORT", "AMIS_PORT", "SMTP_PORT", "AMIS_LIVE_INTERVAL_S", "AMIS_MAX_REQUESTS",
           "AMIS_HISTORY_DAYS", "AI_MAX_TOKENS", "AI_TIMEOUT_S", "AMIS_USER_RATE",
           "AMIS_PLANT_RATE")  # fmt: skip
WORDS = (
    "AMIS_DEMO",
    "AMIS_DEBUG",
    "AMIS_HTTPS",
    "AMIS_LOG_LEVEL",
    "AMIS_DB_LOGIN",
    "AMIS_LOG_FORMAT",
)
ADDRESSES = ("EMAIL_SENDER", "EMAIL_RECEIVER")


def fault(root: Path, name: str, value: str) -> str:
    """The one sentence that is said about the variable."""
    with pytest.raises(BadEnvironment) as error:
        load({**GOOD, name: value}, root=root)
    (said,) = error.value.faults
    assert said.startswith(f"{name}: ")
    assert len(said) < 250
    return said


@pytest.mark.parametrize("name", URLS)
@pytest.mark.parametrize(
    "rest", ["[x/v1", "x:seventy/v1", "x:99999/v1", "x:0/v1", "/v1", "a b/v1", "%00/v1", "-x-/v1"]
)
def test_an_address_that_cannot_be_read_is_refused_with_one_that_can(tmp_path, name, rest):
    said = fault(tmp_path, name, f"{SCHEMES[name]}://{rest}")
    assert f"write an address such as {SCHEMES[name]}" in said


@pytest.mark.parametrize("name", URLS)
@pytest.mark.parametrize("value", ["file:///etc/passwd", "host", "//host/1", "x" * 100_000])
def test_an_address_of_another_kind_is_refused(tmp_path, name, value):
    assert "does not begin with" in fault(tmp_path, name, value)


@pytest.mark.parametrize("name", ["REDIS_URL", "DATABASE_URL"])
@pytest.mark.parametrize("password", ["hush[hush", "hush/hush", "hush#hush", "hush hush"])
def test_a_password_in_an_address_is_not_repeated(tmp_path, name, password):
    assert "hush" not in fault(tmp_path, name, f"{SCHEMES[name]}://me:{password}@host:70000/1")


def test_the_number_of_a_cache_is_a_number(tmp_path):
    assert "'/plants'" in fault(tmp_path, "REDIS_URL", "redis://127.0.0.1:6379/plants")


@pytest.mark.parametrize("name", HOSTS)
@pytest.mark.parametrize("value", ["http://host", "a b", "host/x", "me@host", "h" * 300, "..", "*"])
def test_what_is_no_host_is_refused(tmp_path, name, value):
    assert "is not the name of a host" in fault(tmp_path, name, value)


@pytest.mark.parametrize("value", ["amis.example:", "amis.example:web"])
def test_a_port_behind_the_base_domain_is_a_number(tmp_path, value):
    fault(tmp_path, "BASE_DOMAIN", value)


@pytest.mark.parametrize("name", NUMBERS)
@pytest.mark.parametrize("value", ["many", "nan", "-1", "1e99", "9" * 5000, "0x10"])
def test_what_is_no_usable_number_is_refused(tmp_path, name, value):
    assert "is not a number between" in fault(tmp_path, name, value)


@pytest.mark.parametrize("name", WORDS)
@pytest.mark.parametrize("value", ["perhaps", "x" * 100_000])
def test_a_word_that_is_not_one_of_the_choices_is_refused(tmp_path, name, value):
    fault(tmp_path, name, value)


@pytest.mark.parametrize("name", ADDRESSES)
@pytest.mark.parametrize(
    "value",
    [
        "a..b@x",
        ".a@x.example",
        "a.@x",
        "a@b..c",
        "a@-b",
        "a b@x",
        "a@b@c",
        "@x",
        "a@",
        f"{'a' * 65}@x",
        "ä@x",
        "a@[::1]",
    ],
)
def test_what_is_no_mail_address_is_refused(tmp_path, name, value):
    assert "is not an e-mail address" in fault(tmp_path, name, value)


@pytest.mark.parametrize("value", ["two words", "schlüssel", "a\nb"])
def test_a_key_that_no_header_takes_is_refused_and_not_repeated(tmp_path, value):
    assert value not in fault(tmp_path, "GROQ_API_KEY", value)


@pytest.mark.parametrize(
    "name", [*URLS, *HOSTS, *NUMBERS, *WORDS, *ADDRESSES, "DB_PASSWORD", "DB_NAME", "GROQ_MODEL"]
)
@pytest.mark.parametrize("value", ["a\0b", "\x1b[31m", "caf\udce9"])
def test_characters_that_nothing_can_take_are_refused(tmp_path, name, value):
    with pytest.raises(BadEnvironment) as error:
        load({**GOOD, name: value}, root=tmp_path)
    assert f"{name}: holds a control character" in error.value.faults[0]


@pytest.mark.parametrize("name", [*URLS[2:], *HOSTS[1:], *NUMBERS, *WORDS, *ADDRESSES])
@pytest.mark.parametrize("value", ["", "   ", "\t\n"])
def test_an_empty_value_is_as_good_as_none(tmp_path, name, value):
    assert load({**GOOD, name: value}, root=tmp_path) == load(GOOD, root=tmp_path)


@pytest.mark.parametrize("content", [b"a\0b", b"caf\xe9"])
def test_a_secret_file_of_bytes_is_refused(tmp_path, content):
    (tmp_path / "secret").write_bytes(content)
    with pytest.raises(BadEnvironment, match="EMAIL_PASSWORD"):
        load({**GOOD, "EMAIL_PASSWORD_FILE": str(tmp_path / "secret")}, root=tmp_path)


@pytest.mark.parametrize("path", ["a\0b", "x" * 10_000, "."])
def test_a_secret_file_with_an_impossible_name_is_refused(tmp_path, path):
    with pytest.raises(BadEnvironment, match="EMAIL_PASSWORD_FILE: cannot read"):
        load({**GOOD, "EMAIL_PASSWORD_FILE": path}, root=tmp_path)


@pytest.mark.parametrize("content", [b"AMIS_PORT=80\0", b"\xff\xfe"])
def test_a_dot_env_that_is_no_text_is_refused_by_its_name(tmp_path, content):
    (tmp_path / ".env").write_bytes(content)
    with pytest.raises(BadEnvironment, match=re.escape(str(tmp_path / ".env"))):
        load(GOOD, root=tmp_path)


@pytest.mark.parametrize("value", ["x" * 5000, "a\x1bb"])
def test_an_impossible_home_is_refused(tmp_path, value):
    with pytest.raises(BadEnvironment, match="AMIS_HOME"):
        load({**GOOD, "AMIS_HOME": value}, root=tmp_path)


@pytest.mark.parametrize(
    "command", [("manage.py", "check"), ("-m", "amis", "worker"), ("-m", "amis.stack", "status")]
)
def test_a_command_ends_with_the_sentence_and_without_a_traceback(command):
    environment = {**os.environ, **GOOD, "GROQ_BASE_URL": "http://[x/v1", "AMIS_HOME": "a\x1bb"}
    done = subprocess.run(
        [sys.executable, *command], cwd=ROOT, env=environment, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert "AMIS cannot start" in done.stderr
    assert "Traceback" not in done.stderr
