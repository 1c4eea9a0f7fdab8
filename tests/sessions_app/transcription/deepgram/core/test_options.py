"""What leaves this server beside the audio."""

from evaluations.core.shapes import AudioFormat
from sessions_app.transcription import TranscriberContext
from sessions_app.transcription.deepgram.core.options import (
    DeepgramConfig,
    final_query,
    live_query,
)

CONFIG = DeepgramConfig("a-key", "live-model", "final-model")
CONTEXT = TranscriberContext(language="en", key_terms=("Ada Lovelace", "engine"))


def queries():
    return [live_query(CONFIG, AudioFormat(), CONTEXT), final_query(CONFIG, CONTEXT)]


def test_no_audio_is_given_away_for_training():
    assert [query["mip_opt_out"] for query in queries()] == ["true", "true"]


def test_fillers_are_kept_and_words_are_not_rewritten():
    for query in queries():
        assert query["filler_words"] == "true"
        assert not {"smart_format", "numerals", "redact", "profanity_filter"} & set(query)


def test_the_models_come_from_the_configuration():
    assert [query["model"] for query in queries()] == ["live-model", "final-model"]


def test_a_live_connection_says_what_its_bytes_are_and_when_an_utterance_ends():
    live = queries()[0]
    assert (live["encoding"], live["sample_rate"], live["channels"]) == ("linear16", "16000", "1")
    assert (live["endpointing"], live["utterance_end_ms"]) == ("300", "1000")
    assert live["interim_results"] == live["vad_events"] == live["punctuate"] == "true"


def test_words_to_expect_are_sent_one_by_one_and_only_if_there_are_any():
    assert [query["keyterm"] for query in queries()] == [["Ada Lovelace", "engine"]] * 2
    assert "keyterm" not in live_query(CONFIG, AudioFormat(), TranscriberContext())


def test_the_key_is_not_shown():
    assert "a-key" not in repr(CONFIG)


def test_a_base_url_serves_requests_and_sockets():
    assert CONFIG.http_url == "https://api.deepgram.com"
    assert CONFIG.socket_url == "wss://api.deepgram.com"
    own = DeepgramConfig("a-key", "m", "m", "http://127.0.0.1:9/")
    assert (own.http_url, own.socket_url) == ("http://127.0.0.1:9", "ws://127.0.0.1:9")
