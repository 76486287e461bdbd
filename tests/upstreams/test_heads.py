from gateway.upstreams.heads import LONGEST, Heads

LINES = b"POST /graphql HTTP/1.1\r\nContent-Length: 2\r\n\r\n"


def kept(data: bytes = LINES + b"{}", length: int = 2) -> Heads[str]:
    heads = Heads[str](2)
    heads.keep(data, "made", length)
    return heads


def test_a_head_that_was_kept_is_known_again() -> None:
    assert kept().split(LINES + b"[]") == ("made", b"[]")
    assert kept(LINES, 0).split(LINES) == ("made", b"")


def test_what_is_no_whole_message_is_not_known() -> None:
    for data in (LINES, LINES + b"[", LINES + b"[]P", LINES[:-1], b"", b"\r\n\r\n"):
        assert kept().split(data) is None
    assert kept().split(LINES.replace(b"POST", b"post") + b"{}") is None


def test_only_the_head_of_one_whole_message_is_kept() -> None:
    for data in (LINES, LINES + b"{", LINES + b"{}POST", b"", b"{}"):
        assert len(kept(data)) == 0
    long = LINES[:-2] + b"A: " + b"a" * LONGEST + b"\r\n\r\n"
    assert len(kept(long + b"{}")) == 0


def test_the_oldest_gives_way() -> None:
    heads = Heads[str](2)
    for name in (b"/a", b"/b", b"/c"):
        heads.keep(LINES.replace(b"/graphql", name) + b"{}", name.decode(), 2)
    assert len(heads) == 2
    assert heads.split(LINES.replace(b"/graphql", b"/a") + b"{}") is None
    assert heads.split(LINES.replace(b"/graphql", b"/c") + b"{}") == ("/c", b"{}")
