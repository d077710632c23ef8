"""The environment is read whole, typed, and refused with every fault at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from amis.environment import BadEnvironment, home, load, secret

GOOD = {
    "SECRET_KEY": "k" * 40,
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
