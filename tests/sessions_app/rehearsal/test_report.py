"""What a rehearsal gives back."""

import json

from sessions_app.rehearsal.report import Report, SavedFile
from sessions_app.rehearsal.view import SessionView

METRICS = json.dumps({"totalWords": 7, "durationFormatted": "0:03"}).encode()


def report(path: str | None = None) -> Report:
    file = SavedFile("metrics.json", "http://club.example/files/metrics.json", METRICS, path)
    return Report(SessionView(), {"speech": 3.14159}, "The speech is too short.", [file])


def test_the_text_says_where_the_files_are():
    assert "http://club.example/files/metrics.json" in report().as_text(server_stays=True)
    assert "out/metrics.json" in report("out/metrics.json").as_text(server_stays=False)


def test_an_address_that_is_gone_is_not_offered():
    text = report().as_text(server_stays=False)
    assert "club.example" not in text
    assert "--out DIR" in text


def test_a_missing_evaluation_is_explained_beside_the_metrics():
    text = report().as_text(server_stays=True)
    assert "The speech is too short." in text
    assert "7" in text


def test_the_object_is_json_and_times_are_readable():
    made = json.loads(json.dumps(report().as_json()))
    assert made["evaluation"] is None
    assert made["timings"] == {"speech": 3.142}
    assert made["metrics"] == json.loads(METRICS)
    assert made["outputs"][0]["size"] == len(METRICS)
