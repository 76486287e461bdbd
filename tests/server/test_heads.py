from gateway.server.heads import LONGEST, Head, Heads
from gateway.server.negotiation import Media

LINES = b"POST /graphql HTTP/1.1\r\nContent-Length: 2\r\n\r\n"
HEAD = Head({b"content-length": b"2"}, Media.JSON, True, 2)


def kept(data: bytes = LINES + b"{}", head: Head = HEAD, heads: Heads | None = None) -> Heads:
    heads = Heads(2) if heads is None else heads
    heads.keep(data, head)
    return heads


def test_a_head_that_was_kept_is_known_again() -> None:
    assert kept().split(LINES + b"[]") == (HEAD, b"[]")


def test_what_is_no_whole_request_is_not_known() -> None:
    heads = kept()
    for data in (LINES, LINES + b"[", LINES + b"[]P", LINES[:-1], b"", b"\r\n\r\n"):
        assert heads.split(data) is None
    assert heads.split(LINES.replace(b"POST", b"post") + b"{}") is None


def test_only_the_head_of_one_whole_request_is_kept() -> None:
    assert len(kept(LINES + b"{")) == 0
    assert len(kept(LINES + b"{}POST")) == 0
    assert len(kept(LINES)) == 0
    long = LINES[:-2] + b"A: " + b"a" * LONGEST + b"\r\n\r\n"
    assert len(kept(long + b"{}")) == 0


def test_a_head_that_ends_its_connection_is_not_kept() -> None:
    assert len(kept(head=Head({}, Media.JSON, False, 2))) == 0


def test_the_oldest_gives_way() -> None:
    heads = Heads(2)
    for name in (b"/a", b"/b", b"/c"):
        kept(LINES.replace(b"/graphql", name) + b"{}", heads=heads)
    assert len(heads) == 2
    assert heads.split(LINES.replace(b"/graphql", b"/a") + b"{}") is None
    assert heads.split(LINES.replace(b"/graphql", b"/c") + b"{}") == (HEAD, b"{}")
