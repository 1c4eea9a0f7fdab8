"""Files as answers."""

from django.http import HttpResponse
from django.utils.cache import add_never_cache_headers
from django.utils.http import content_disposition_header

from evaluations.models import Output


def attachment(content: bytes, name: str, content_type: str) -> HttpResponse:
    """A file to be saved under ``name``; never shown in the page's place."""
    return _file(content, name, content_type, saved=True)


def download(output: Output) -> HttpResponse:
    """A kept file: to be played if it is sound, else to be saved."""
    is_sound = output.content_type.startswith("audio/")
    return _file(bytes(output.content), output.name, output.content_type, saved=not is_sound)


def _file(content: bytes, name: str, content_type: str, *, saved: bool) -> HttpResponse:
    disposition = content_disposition_header(as_attachment=saved, filename=name)
    answer = HttpResponse(
        content,
        content_type=content_type,
        headers={
            "Content-Length": str(len(content)),
            **({"Content-Disposition": disposition} if disposition else {}),
        },
    )
    # A club's words: what is erased or taken back must not live on in a cache.
    add_never_cache_headers(answer)
    return answer
