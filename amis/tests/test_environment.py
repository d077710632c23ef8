"""The environment is read whole, typed, and refused with every fault at once."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import pytest

from amis.environment import BadEnvironment, home, load, secret
from amis.stack import paths
from amis.stack.install import _make, load_or_make, write_environment
from amis.stack.ports import free_port

GOOD = {
    "SECRET_KEY": "k" * 40,
    "AMIS_SECRET_KEYS": "s" * 40,
    "REDIS_URL": "redis://127.0.0.1:6379/0",
    "DB_HOST": "db",
    "DB_NAME": "manufacturing",
    "DB_USER": "mfg_user",
    "DB_PASSWORD": "p",
}


def test_the_parts_of_the_database_make_a_whole(tmp_path: Path):
    database = load(GOOD, root=tmp_path).database
    assert (database.host, database.port, database.name, database.user) == (
        "db",
        5432,
        "manufacturing",
        "mfg_user",
    )
    assert (database.owner_user, database.owner_password) == ("mfg_user", "p")


def test_a_database_url_wins_and_its_escapes_are_undone(tmp_path: Path):
    url = "postgres://some%40one:p%2Fw@10.1.1.1:6000/plants"
    database = load({**GOOD, "DATABASE_URL": url}, root=tmp_path).database
    assert (database.user, database.password, database.port) == ("some@one", "p/w", 6000)
    assert (database.host, database.name) == ("10.1.1.1", "plants")


def test_every_fault_is_named_at_the_same_time(tmp_path: Path):
    bad = {
        "SECRET_KEY": "short",
        "AMIS_SECRET_KEYS": "",
        "REDIS_URL": "http://x",
        "DB_HOST": "db",
        "DB_PORT": "seventy",
        "AMIS_LIVE_INTERVAL_S": "0",
        "AMIS_DEMO": "maybe",
        "OPCUA_SERVER_URL": "http://plc",
    }
    with pytest.raises(BadEnvironment) as error:
        load(bad, root=tmp_path)
    for name in (*bad, "DB_NAME", "DB_USER"):
        if name != "DB_HOST":
            assert name in str(error.value), name


def test_a_secret_can_come_from_a_file(tmp_path: Path):
    secret = tmp_path / "key"
    secret.write_text("from-a-docker-secret-" + "0" * 20 + "\n")
    values = {key: value for key, value in GOOD.items() if key != "SECRET_KEY"}
    environment = load({**values, "SECRET_KEY_FILE": str(secret)}, root=tmp_path)
    assert environment.secret_key == "from-a-docker-secret-" + "0" * 20


def test_the_keys_of_secrets_are_listed_the_newest_first(tmp_path: Path):
    keys = f"{'n' * 40}, {'o' * 40}"
    assert load({**GOOD, "AMIS_SECRET_KEYS": keys}, root=tmp_path).secret_keys == (
        "n" * 40,
        "o" * 40,
    )


@pytest.mark.parametrize("keys", ["", "short", f"{'n' * 40},", f",{'n' * 40}", f"{'n' * 40},short"])
def test_keys_that_would_seal_nothing_are_refused(keys: str, tmp_path: Path):
    with pytest.raises(BadEnvironment, match="AMIS_SECRET_KEYS: needs one key or several"):
        load({**GOOD, "AMIS_SECRET_KEYS": keys}, root=tmp_path)


def test_a_secret_with_a_name_of_its_own_is_found_in_every_source(tmp_path: Path):
    (tmp_path / ".env").write_text("HALL2_PASSWORD=from dot env\n")
    (tmp_path / "word").write_text("from a file\n")
    assert secret("HALL2_PASSWORD", {}, root=tmp_path) == "from dot env"
    assert secret("HALL2_PASSWORD", {"HALL2_PASSWORD": "mine"}, root=tmp_path) == "mine"
    file = {"HALL3_PASSWORD_FILE": str(tmp_path / "word")}
    assert secret("HALL3_PASSWORD", file, root=tmp_path) == "from a file"
    assert secret("HALL4_PASSWORD", {}, root=tmp_path) == ""


def test_a_secret_file_that_is_missing_is_a_fault(tmp_path: Path):
    values = {key: value for key, value in GOOD.items() if key != "SECRET_KEY"}
    with pytest.raises(BadEnvironment, match="SECRET_KEY_FILE"):
        load({**values, "SECRET_KEY_FILE": str(tmp_path / "none")}, root=tmp_path)


def test_dot_env_is_read_and_the_process_wins(tmp_path: Path):
    lines = [f"{key}={value}" for key, value in GOOD.items()]
    (tmp_path / ".env").write_text("\n".join([*lines, "# a comment", 'AMIS_PORT="8010"', ""]))
    assert load({}, root=tmp_path).port == 8010
    assert load({"AMIS_PORT": "8011"}, root=tmp_path).port == 8011


def test_the_local_stack_does_not_mix_with_another_database(tmp_path: Path):
    (tmp_path / ".amis").mkdir()
    lines = [f"{key}={value}" for key, value in GOOD.items()]
    (tmp_path / ".amis" / "env").write_text("\n".join([*lines, "DB_OWNER_USER=local_owner"]))
    database = load({"DATABASE_URL": "postgres://u:p@elsewhere/db"}, root=tmp_path).database
    assert (database.host, database.owner_user) == ("elsewhere", "u")


def test_a_password_for_containers_is_not_taken_for_the_local_stacks(tmp_path: Path):
    (tmp_path / ".amis").mkdir()
    lines = "\n".join(f"{key}={value}" for key, value in GOOD.items())
    (tmp_path / ".amis" / "env").write_text(lines)
    (tmp_path / ".env").write_text("DB_PASSWORD=of-the-containers\nDB_OWNER_PASSWORD=too\n")
    database = load({}, root=tmp_path).database
    assert (database.password, database.owner_password) == ("p", "p")


def test_the_urls_of_a_database_lead_back_to_it(tmp_path: Path):
    values = {**GOOD, "DB_PASSWORD": "p/w:1@x", "DB_OWNER_USER": "own er", "DB_OWNER_PASSWORD": "%"}
    database = load(values, root=tmp_path).database
    runtime, owner = (
        load({**GOOD, "DATABASE_URL": url}, root=tmp_path).database
        for url in (database.runtime_url, database.owner_url)
    )
    assert (runtime.user, runtime.password, runtime.name) == (
        "mfg_user",
        "p/w:1@x",
        "manufacturing",
    )
    assert (owner.user, owner.password, owner.host) == ("own er", "%", "db")


def test_dot_env_can_name_the_local_stacks_folder(tmp_path: Path):
    (tmp_path / ".env").write_text("AMIS_HOME=elsewhere\n")
    assert home({}, root=tmp_path) == tmp_path / "elsewhere"
    assert home({"AMIS_HOME": "here"}, root=tmp_path) == tmp_path / "here"


def test_passwords_are_not_shown_where_the_settings_are_printed(tmp_path: Path):
    text = repr(load({**GOOD, "DB_PASSWORD": "hush"}, root=tmp_path))
    assert "hush" not in text
    assert "k" * 40 not in text
    assert "s" * 40 not in text


def test_mail_goes_as_the_environment_says(tmp_path: Path):
    values = {
        **GOOD,
        "EMAIL_SENDER": "amis@factory.example",
        "EMAIL_RECEIVER": "ann@factory.example, ben@factory.example",
        "EMAIL_PASSWORD": "se same",
        "SMTP_SERVER": "smtp.factory.example",
        "SMTP_PORT": "465",
    }
    mail = load(values, root=tmp_path).mail
    assert (mail.sender, mail.server, mail.port) == (
        "amis@factory.example", "smtp.factory.example", 465,
    )  # fmt: skip
    assert mail.receivers == ("ann@factory.example", "ben@factory.example")
    assert mail.password == "se same"
    assert "se same" not in repr(mail)


def test_without_a_word_about_mail_only_the_demo_has_a_sender_and_a_receiver(tmp_path: Path):
    mail = load(GOOD, root=tmp_path).mail
    assert (mail.sender, mail.receivers, mail.server, mail.port) == ("", (), "", 587)
    demo = load({**GOOD, "AMIS_DEMO": "1"}, root=tmp_path).mail
    assert (demo.sender, demo.receivers, demo.server) == (
        "amis@amis.example", ("reports@amis.example",), "",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("EMAIL_SENDER", "nobody"),
        ("EMAIL_RECEIVER", "a@b.example, c d@e.example"),
        ("SMTP_SERVER", "smtp://host/"),
        ("SMTP_PORT", "0"),
    ],
)
def test_a_mail_setting_that_cannot_work_is_refused_at_the_start(tmp_path: Path, name, value):
    with pytest.raises(BadEnvironment, match=name):
        load({**GOOD, name: value}, root=tmp_path)


def test_the_demo_hands_mail_and_language_model_on_to_manage_py(tmp_path: Path, monkeypatch):
    monkeypatch.setattr(paths, "ENV", tmp_path / ".amis" / "env")
    paths.ENV.parent.mkdir()
    told = {"EMAIL_PASSWORD": "it's a 'secret' ", "SMTP_SERVER": "127.0.0.1", "SMTP_PORT": "2525",
            "GROQ_BASE_URL": "http://127.0.0.1:11434/v1"}  # fmt: skip
    for name, value in told.items():
        monkeypatch.setenv(name, value)
    made = _make(8000, 1)
    write_environment(made, base_domain="amis.localhost", cache_url="redis://127.0.0.1:6379/0")
    known = load({}, root=tmp_path)
    assert (known.mail.server, known.mail.port) == ("127.0.0.1", 2525)
    assert known.mail.password == "it's a 'secret'"
    assert known.language_model.base_url == "http://127.0.0.1:11434/v1"
    assert paths.ENV.stat().st_mode & 0o077 == 0


def test_a_demo_from_before_secrets_were_sealed_gets_a_key_and_keeps_it(tmp_path, monkeypatch):
    monkeypatch.setattr(paths, "STATE", tmp_path / "stack.json")
    monkeypatch.setattr(paths, "ENV", tmp_path / ".amis" / "env")
    monkeypatch.delenv("AMIS_SECRET_KEYS", raising=False)
    paths.ENV.parent.mkdir()
    port = free_port()
    before = asdict(_make(port, 1))
    del before["sealing_key"]
    paths.write_json(paths.STATE, before)
    first, second = (load_or_make(web_port=port, history_days=1) for _ in range(2))
    assert first.sealing_key == second.sealing_key
    write_environment(first, base_domain="amis.localhost", cache_url="redis://127.0.0.1:6379/0")
    assert load({}, root=tmp_path).secret_keys == (first.sealing_key,)
    assert first.sealing_key != first.secret_key
