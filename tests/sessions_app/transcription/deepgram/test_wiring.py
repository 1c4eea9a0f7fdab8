"""Which deployment sends voices to a vendor."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from speechcoach import providers
from speechcoach.env import Environment


@pytest.mark.parametrize(
    ("transcriber", "key", "used"),
    [
        ("auto", "", False),
        ("auto", "a-key", True),
        ("deepgram", "a-key", True),
        ("builtin", "a-key", False),
        ("scripted:some.json", "a-key", False),
    ],
)
def test_a_vendor_is_used_with_a_key_unless_another_engine_is_wanted(
    settings, transcriber, key, used
):
    settings.SPEECHCOACH_TRANSCRIBER = transcriber
    settings.SPEECHCOACH_DEEPGRAM_API_KEY = key
    assert (providers.deepgram() is not None) is used


def test_a_vendor_that_is_wanted_without_a_key_stops_the_start(settings):
    settings.SPEECHCOACH_TRANSCRIBER = "deepgram"
    settings.SPEECHCOACH_DEEPGRAM_API_KEY = ""
    with pytest.raises(ImproperlyConfigured, match="DEEPGRAM_API_KEY"):
        providers.deepgram()


def test_models_and_address_come_from_the_settings(settings):
    settings.SPEECHCOACH_TRANSCRIBER = "auto"
    settings.SPEECHCOACH_DEEPGRAM_API_KEY = "a-key"
    settings.SPEECHCOACH_DEEPGRAM_MODEL = "one"
    settings.SPEECHCOACH_DEEPGRAM_FINAL_MODEL = "two"
    settings.SPEECHCOACH_DEEPGRAM_BASE_URL = "http://127.0.0.1:1"
    config = providers.deepgram()
    assert config is not None
    assert (config.live_model, config.final_model) == ("one", "two")
    assert config.socket_url == "ws://127.0.0.1:1"


def test_a_key_with_a_trailing_newline_works(monkeypatch):
    monkeypatch.setenv("DEEPGRAM_API_KEY", " a-key\n")
    assert Environment(dotenv=None).text("DEEPGRAM_API_KEY") == "a-key"


def test_a_script_in_which_nothing_is_said_stands_in_all_the_same(settings, tmp_path):
    script = tmp_path / "script.json"
    script.write_text("[]")
    settings.SPEECHCOACH_TRANSCRIBER = f"scripted:{script}"
    assert providers.builtin_transcriber.__wrapped__().name == "scripted"
    [final] = providers.final_transcribers.__wrapped__()
    assert final.name == "scripted"
