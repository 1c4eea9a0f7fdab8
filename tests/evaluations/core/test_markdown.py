"""Markdown in which people's words stay words, whatever they are."""

from html.parser import HTMLParser

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from evaluations.core.document import About, Given, SpeechDocument, document
from evaluations.core.figures import Cell, Column, Figure, Table
from evaluations.core.markdown import escaped, markdown
from evaluations.core.shapes import RoleReport, RoleResult, RoleSection
from tests.sessions_app.kept import LINES, evaluation, transcript

READER = MarkdownIt("commonmark").enable(["table", "strikethrough"])


class Read(HTMLParser):
    """The text of a page, and the elements it is in."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.text = ""
        self.elements: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag, attrs) -> None:
        self.elements.append(tag)

    def handle_data(self, data: str) -> None:
        self.text += data


HOSTILE = (
    "<script>alert(1)</script>",
    "<!-- hidden",
    "<pre",
    "<?x",
    "![x](https://evil.example/x.png)",
    "[click](javascript:alert(1))",
    "<https://evil.example>",
    "# heading",
    "1. list",
    "2) list",
    "- list",
    "+ list",
    "> quote",
    "---",
    "===",
    "***",
    "`code` and ``` more",
    "    code",
    "a | b",
    "~~gone~~",
    "&lt;script&gt; &#60;",
    "back\\slash \\* \\",
    "[a]: https://evil.example",
    "one\n\n# two\n- three",
    "_a_ *b* __c__",
    "a  \nb",
    ":::note",
)


def samples(test):
    for text in HOSTILE:
        test = example(text)(test)
    return test


@samples
@given(st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"]), max_size=60))
def test_a_reader_shows_exactly_the_words(text: str) -> None:
    read = Read(READER.render(f"before\n\n{escaped(text)}\n\nafter"))
    wanted = " ".join(text.split())
    assert " ".join(read.text.split()) == " ".join(f"before {wanted} after".split())
    assert set(read.elements) <= {"p"}


@pytest.mark.parametrize(
    "text",
    ["see https://evil.example now", "www.evil.example", "HTTP://evil.example", "a@b.example"],
)
def test_nothing_becomes_a_link_by_itself(text: str) -> None:
    """Readers that look for addresses find none: each is broken by a backslash."""
    made = escaped(text)
    assert "://" not in made.replace("\\://", "")
    assert "www." not in made.replace("www\\.", "")
    assert "@" not in made.replace("\\@", "")
    assert Read(READER.render(made)).text.strip() == text


@pytest.mark.parametrize("text", HOSTILE)
def test_a_document_of_hostile_words_has_the_shape_of_a_harmless_one(text: str) -> None:
    def made(words: str) -> Read:
        said = transcript([words, *LINES[1:]])
        report = RoleReport(
            title=words, sections=(RoleSection(heading=words, content=words.replace("\n", " ")),)
        )
        about = About(club=words, title=words, speaker=words, objectives=(words,))
        role = RoleResult(role_id="x", role_name="x", report=report, script="")
        given = Given(transcript=said, scripted=evaluation(said), roles=(role,))
        return Read(READER.render(markdown(document(about, given))))

    hostile = made(text)
    assert hostile.elements == made("harmless words").elements
    # Title, club, speaker, objective, report and its section's heading and content, quote, line.
    assert hostile.text.count(" ".join(text.split())) >= 9


@pytest.mark.parametrize("text", HOSTILE)
def test_a_table_of_hostile_words_keeps_its_cells(text: str) -> None:
    def made(words: str) -> Read:
        table = Table(
            summary="Each",
            columns=(Column(name=words), Column(name="Count", number=True)),
            rows=((Cell(text=words), Cell(text="1")),),
        )
        figure = Figure(
            key="x", name=words, value=words, unit=words, definition=words, details=table
        )
        shown = SpeechDocument(about=About(club="Anchor"), figures=(figure,))
        return Read(READER.render(markdown(shown)))

    hostile = made(text)
    assert hostile.elements == made("harmless words").elements
    assert "table" in hostile.elements
    assert hostile.text.count(" ".join(text.split())) == 6


def test_the_whole_document_is_there() -> None:
    said = transcript()
    given = Given(transcript=said, scripted=evaluation(said))
    made = markdown(document(About(club="Anchor", title="Ten minutes early"), given))
    assert made.startswith("# Ten minutes early\n\n- **Speaker:** Speaker not named\n")
    assert "### Commendation: A question at the start\n" in made
    assert f"> “{LINES[0]}” (at 0:00)\n" in made
    assert f"**0:18** {LINES[3]}\n" in made
    assert made.endswith("\n")


def test_an_empty_one_says_so() -> None:
    assert "Nothing was recorded" in markdown(document(About(club="Anchor"), None))
