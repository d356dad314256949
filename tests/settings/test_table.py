"""Settings: one table, every problem at the start, no secret in a message."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from prompts_admin.domain.errors import Usage
from prompts_admin.settings.table import Settings, load_settings, settings_table


def refusal(environ: dict[str, str]) -> Usage:
    with pytest.raises(Usage) as caught:
        load_settings(environ)
    return caught.value


def test_without_any_setting_the_product_starts_for_one_machine() -> None:
    """The defaults listen on loopback and keep everything in one folder of the person."""
    settings = load_settings({})
    assert (settings.host, settings.port) == ("127.0.0.1", 8080)
    assert settings.data == Path("~/.local/share/prompts-admin").expanduser()
    assert settings.database == f"sqlite:///{settings.data}/prompts-admin.db"
    assert settings.base_url == "http://127.0.0.1:8080"
    assert settings.session_idle == timedelta(hours=12)


def test_the_data_folder_follows_the_xdg_specification() -> None:
    """XDG_DATA_HOME moves the default; the setting of the product wins; relative values are ignored."""
    assert load_settings({"XDG_DATA_HOME": "/srv/x"}).data == Path("/srv/x/prompts-admin")
    assert load_settings({"XDG_DATA_HOME": "/srv/x", "PROMPTS_ADMIN_DATA": "/srv/y"}).data == Path("/srv/y")
    assert load_settings({"XDG_DATA_HOME": "x"}).data == load_settings({}).data


def test_values_are_read_by_their_kind() -> None:
    """Numbers, switches, lists and addresses become values."""
    settings = load_settings(
        {
            "PROMPTS_ADMIN_PORT": "0",
            "PROMPTS_ADMIN_MIRROR": "off",
            "PROMPTS_ADMIN_UNDO_HOURS": "1.5",
            "PROMPTS_ADMIN_NOTIFY_URLS": "json://a.example mailto://b.example",
            "PROMPTS_ADMIN_PUBLIC_URL": "https://prompts.example.com/",
            "PROMPTS_ADMIN_SAMPLES": "",
            "HOME": "/root",
        }
    )
    assert (settings.port, settings.mirror, settings.undo_hours) == (0, False, 1.5)
    assert settings.notify_urls == ("json://a.example", "mailto://b.example")
    assert settings.base_url == "https://prompts.example.com"


def test_what_the_command_line_gives_wins_over_the_environment() -> None:
    """Options override; an option that was not given does not."""
    environ = {"PROMPTS_ADMIN_PORT": "9000"}
    assert load_settings(environ, port=9100).port == 9100
    assert load_settings(environ, port=None).port == 9000


def test_bad_values_stop_the_start_with_all_problems_at_once() -> None:
    """Nobody corrects settings one restart at a time."""
    error = refusal(
        {
            "PROMPTS_ADMIN_PORT": "http",
            "PROMPTS_ADMIN_MIRROR": "perhaps",
            "PROMPTS_ADMIN_UNDO_HOURS": "nan",
            "PROMPTS_ADMIN_URL": "ftp://x.example",
            "PROMPTS_ADMIN_LOG_LEVEL": "loud",
        }
    )
    assert {problem.path.removeprefix("PROMPTS_ADMIN_") for problem in error.problems} == {
        "PORT",
        "MIRROR",
        "UNDO_HOURS",
        "URL",
        "LOG_LEVEL",
    }
    assert all(problem.path in str(error) for problem in error.problems)


@pytest.mark.parametrize("value", ["-1", "65536", "８０", "1e3", "0x10", "8080.0"])
def test_a_port_is_a_whole_number_in_range(value: str) -> None:
    """Only plain ASCII digits count as a whole number."""
    assert refusal({"PROMPTS_ADMIN_PORT": value}).problems[0].path == "PROMPTS_ADMIN_PORT"


def test_an_unknown_name_is_refused_with_a_suggestion() -> None:
    """A misspelled setting never means a silent default."""
    error = refusal({"PROMPTS_ADMIN_UNDO_HUORS": "1"})
    assert "Did you mean PROMPTS_ADMIN_UNDO_HOURS?" in str(error)
    assert load_settings({"PROMPTS_ADMIN_TEST_POSTGRES": "x"}) == load_settings({})


def test_secrets_may_come_from_files(tmp_path: Path) -> None:
    """NAME_FILE names the file of a secret; both at once, or a missing or empty file, are refused."""
    file = tmp_path / "key"
    file.write_text("k" * 40 + "\n", encoding="utf-8")
    named = {"PROMPTS_ADMIN_SECRET_KEY_FILE": str(file)}
    assert load_settings(named).secret_key == "k" * 40
    assert "Set one of the two" in str(refusal({**named, "PROMPTS_ADMIN_SECRET_KEY": "k" * 40}))
    assert "cannot be read" in str(refusal({"PROMPTS_ADMIN_SECRET_KEY_FILE": str(tmp_path / "none")}))
    file.write_text(" \n", encoding="utf-8")
    assert "empty" in str(refusal(named))
    assert "is no setting" in str(refusal({"PROMPTS_ADMIN_PORT_FILE": str(file)}))


def test_S38_no_message_and_no_repr_repeats_a_secret() -> None:
    """What is secret stays out of errors and logs."""
    canary = "hunter" + "2hunter"
    assert canary not in str(
        refusal({"PROMPTS_ADMIN_SECRET_KEY": canary, "PROMPTS_ADMIN_PUBLIC_URL": canary})
    )
    assert canary not in repr(load_settings({"PROMPTS_ADMIN_TOKEN": canary}))


def test_a_session_cannot_idle_longer_than_it_lives() -> None:
    """Two settings that contradict each other are refused together."""
    error = refusal({"PROMPTS_ADMIN_SESSION_IDLE_HOURS": "10", "PROMPTS_ADMIN_SESSION_HOURS": "5"})
    assert "PROMPTS_ADMIN_SESSION_HOURS" in str(error)


def test_the_table_tells_how_to_write_every_default() -> None:
    """A default of the documentation, put into the environment, changes nothing."""
    table = settings_table()
    environ = {row["name"]: row["default"] for row in table}
    assert load_settings(environ) == load_settings({})
    assert {row["name"] for row in table} == {f"PROMPTS_ADMIN_{name.upper()}" for name in vars(Settings())}
    assert all(row["help"].endswith(".") for row in table)
