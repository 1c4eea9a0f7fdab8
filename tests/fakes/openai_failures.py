"""What the fake OpenAI answers on a bad day, whatever it was asked."""

from tests.fakes.openai_wire import FakeOpenAI, Free, Handler, Reply, Request


def hang() -> Reply:
    """Says nothing until the server closes; ``on_hang`` of the server is called until it says that
    somebody has given up."""

    def write(handler: Handler, fake: FakeOpenAI, _request: Request) -> None:
        while not fake.released.wait(0.01) and not fake.on_hang():
            pass
        fake.released.wait()
        handler.close_connection = True

    return Free(write)


def drip() -> Reply:
    """Begins an answer and goes on a byte at a time, without an end; ``on_hang`` as above."""

    def write(handler: Handler, fake: FakeOpenAI, request: Request) -> None:
        kind = "audio/pcm" if request.path.endswith("speech") else "application/json"
        handler.begin(200, kind, {"transfer-encoding": "chunked"})
        given_up = False
        while not fake.released.wait(0.01):
            handler.wfile.write(b"1\r\n \r\n")
            given_up = given_up or bool(fake.on_hang())
        handler.close_connection = True

    return Reply(write)


def garbage() -> Reply:
    """200, and no JSON at all: a proxy's page."""

    def write(handler: Handler, _fake: FakeOpenAI, _request: Request) -> None:
        handler.send(200, "text/html", b"<html>Welcome to the hotel's network</html>")

    return Free(write)
