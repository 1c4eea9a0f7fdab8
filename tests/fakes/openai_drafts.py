"""Drafts of evaluations by the fake OpenAI: by the rules, or against them."""

import json
from collections.abc import Callable
from typing import Any

from tests.fakes.openai_wire import FakeOpenAI, Handler, Reply, Request

USAGE = (2_000, 500)


def text(content: str | Callable[[Request], str], usage: object = USAGE) -> Reply:
    """An answer whose text is ``content``, whatever was asked for; ``usage`` None leaves it out."""

    def write(handler: Handler, _fake: FakeOpenAI, request: Request) -> None:
        said = content if isinstance(content, str) else content(request)
        handler.json(_completion(request, said, usage))

    return Reply(write)


def drafted(change: Callable[[dict[str, Any], Request], object] | None = None) -> Reply:
    """A draft after the schema and the transcript of the request, as ``change`` leaves it."""

    def content(request: Request) -> str:
        answer = draft_for(request)
        if change is not None:
            change(answer, request)
        return json.dumps(answer)

    return text(content)


def not_json() -> Reply:
    return text('{"opening": "Thank you, and then the conn')


def wrong_schema() -> Reply:
    return text(json.dumps({"verdict": "splendid", "stars": 5}))


def without_usage() -> Reply:
    return text(lambda request: json.dumps(draft_for(request)), usage=None)


def refusal() -> Reply:
    def write(handler: Handler, _fake: FakeOpenAI, request: Request) -> None:
        body = _completion(request, "", USAGE)
        if "output" in body:
            body["output"][0]["content"] = [{"type": "refusal", "refusal": "I would rather not."}]
        else:
            body["choices"][0]["message"] |= {"content": None, "refusal": "I would rather not."}
        handler.json(body)

    return Reply(write)


def _completion(request: Request, said: str, usage: object) -> dict[str, Any]:
    if request.path.endswith("/responses"):
        body: dict[str, Any] = {
            "id": "resp_1",
            "object": "response",
            "created_at": 1,
            "model": request.body["model"],
            "status": "completed",
            "parallel_tool_calls": False,
            "tool_choice": "auto",
            "tools": [],
            "output": [
                {
                    "type": "message",
                    "id": "msg_1",
                    "role": "assistant",
                    "status": "completed",
                    "content": [{"type": "output_text", "text": said, "annotations": []}],
                }
            ],
        }
        return body if usage is None else {**body, "usage": _usage(usage, "input", "output")}
    message = {"role": "assistant", "content": said, "refusal": None}
    body = {
        "id": "chatcmpl_1",
        "object": "chat.completion",
        "created": 1,
        "model": request.body["model"],
        "choices": [{"index": 0, "finish_reason": "stop", "message": message}],
    }
    return body if usage is None else {**body, "usage": _usage(usage, "prompt", "completion")}


def _usage(usage: object, read: str, written: str) -> object:
    if not isinstance(usage, tuple):
        return usage
    return {
        f"{read}_tokens": usage[0],
        f"{read}_tokens_details": {"cached_tokens": 0, "cache_write_tokens": 0},
        f"{written}_tokens": usage[1],
        f"{written}_tokens_details": {"reasoning_tokens": 0},
        "total_tokens": sum(usage),
    }


def draft_for(request: Request) -> dict[str, Any]:
    """A draft by the rules: the schema's fields, quotes from the transcript, harmless sentences."""
    quotes = _quotes(request.data["transcript"])
    counts = request.data["counts"]
    kinds = ["commendation"] * counts["commendations"]["most"]
    kinds += ["recommendation"] * counts["recommendations"]["most"]
    remark = _resolved(request.schema, request.schema["properties"]["items"]["items"])
    items: list[dict[str, Any]] = []
    for kind, (quote, at) in zip(kinds, quotes, strict=False):
        item: dict[str, Any] = {}
        for name in remark["properties"]:
            item[name] = {
                "type": kind,
                "evidence_quote": quote,
                "evidence_timestamp": at,
            }.get(name, f"We noted the {name.replace('_', ' ')} of part {len(items) + 1}.")
        items.append(item)
    return {
        "opening": "Thank you for these words.",
        "items": items,
        "closing": "For next time, keep one pause longer.",
        "structure_commentary": {
            "opening_comment": "Your first line came at once.",
            "body_comment": None,
            "closing_comment": None,
        },
    }


def _resolved(schema: dict[str, Any], part: dict[str, Any]) -> dict[str, Any]:
    reference = part.get("$ref")
    return dict(schema["$defs"][reference.rpartition("/")[2]]) if reference else part


def _quotes(lines: list[dict[str, Any]]) -> list[tuple[str, float]]:
    """Runs of seven words of the transcript that do not overlap."""
    found = []
    for line in lines:
        words = line["text"].split()
        found += [
            (" ".join(words[at : at + 7]), line["start"]) for at in range(0, len(words) - 6, 7)
        ]
    return found
