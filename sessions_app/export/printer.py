"""Prints HTML from standard input as a tagged PDF on standard output; a process of its own.

A long speech keeps a core busy for seconds, which a process that carries live sessions cannot
spare. The one argument is the stylesheet's path.
"""

import sys
from pathlib import Path

from weasyprint import CSS, HTML
from weasyprint.urls import URLFetcher


def print_pdf(html: str, stylesheet: str) -> bytes:
    """The PDF (PDF/UA-1). Nothing is ever fetched, whatever the document asks for."""
    nowhere = URLFetcher(allowed_protocols=())
    style = CSS(string=stylesheet, url_fetcher=nowhere)
    page = HTML(string=html, url_fetcher=nowhere)
    printed: bytes = page.write_pdf(stylesheets=[style], pdf_variant="pdf/ua-1")
    return printed


def main() -> None:
    html = sys.stdin.buffer.read().decode()
    sys.stdout.buffer.write(print_pdf(html, Path(sys.argv[1]).read_text()))


if __name__ == "__main__":
    main()
