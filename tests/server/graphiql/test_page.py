import gzip
import re
from pathlib import Path
from typing import Any

import httpx
import pytest
from graphql import parse
from starlette.applications import Starlette

from gateway.server.endpoint import GraphQLEndpoint
from gateway.server.graphiql import page as page_module
from gateway.server.graphiql.page import STATIC, GraphiQLPage, examples
from gateway.server.graphql import GraphQL

ROOT = Path(page_module.__file__).parent
BUDGET = 3 * 1024 * 1024
FILES = sorted(it.name.removesuffix(".gz") for it in STATIC.glob("*.gz"))
SOURCES = {name: gzip.decompress((STATIC / f"{name}.gz").read_bytes()).decode() for name in FILES}
# What makes a browser fetch, followed by an address of some other place.
FETCHES = re.compile(
    r"""(?:src|href|from|import|fetch|Worker|URL|url|@import)\s*[=(]?\s*\(?["'`]?(?:https?:)?//[\w.]"""
)
# Addresses that are shown to people to click on, and never fetched.
LINKS = re.compile(r'href:"https://[^"]+",target:"_blank"')


async def unused(*_: Any) -> Any:
    raise AssertionError


def client(path: str) -> httpx.AsyncClient:
    page = GraphiQLPage(path)
    endpoint = GraphQLEndpoint(GraphQL(unused, lambda *_: None), page)
    app = Starlette(routes=page.routes())
    app.add_route(path, endpoint)  # type: ignore[arg-type]
    transport = httpx.ASGITransport(app)
    return httpx.AsyncClient(transport=transport, base_url="http://gateway")


async def shown(path: str) -> httpx.Response:
    return await client(path).get(path, headers={"accept": "text/html"})


@pytest.mark.parametrize("path", ["/graphql", "/", "/api/graphql", "/graphql/"])
async def test_all_that_the_page_names_is_served_wherever_it_is(path: str) -> None:
    answer = await shown(path)
    assert answer.status_code == 200
    named = re.findall(r'(?:src|href)="(?!data:)([^"]+)"', answer.text)
    assert len(named) == 2
    for name in named:
        file = await client(path).get(answer.url.join(name))
        assert file.status_code == 200


async def test_all_that_the_files_name_is_there() -> None:
    for source in SOURCES.values():
        for name in re.findall(r'["\'`]\./([\w.-]+-[A-Z0-9]{8}\.(?:js|css))["\'`]', source):
            assert name in SOURCES


def test_every_file_is_named_by_another_or_by_the_page() -> None:
    everything = "".join(SOURCES.values()) + (STATIC / "manifest.json").read_text()
    assert [name for name in FILES if name not in everything] == []


@pytest.mark.parametrize("name", FILES)
def test_nothing_is_fetched_from_elsewhere(name: str) -> None:
    assert FETCHES.findall(LINKS.sub("", SOURCES[name])) == []


@pytest.mark.parametrize(
    "source",
    [
        'fetch("https://x.y")',
        'import("//x.y")',
        'from"https://x.y"',
        'src="http://x.y"',
        "new Worker('https://x.y')",
        "url(https://x.y/font)",
        '@import "https://x.y"',
        "new URL(`https://x.y`)",
    ],
)
def test_a_fetch_from_elsewhere_would_be_seen(source: str) -> None:
    assert FETCHES.search(source)


async def test_the_page_itself_holds_no_address_and_no_script() -> None:
    text = re.sub(r'data-examples="[^"]*"', "", (await shown("/graphql")).text)
    assert "//" not in text
    assert re.findall(r"<script[^>]*>(.+?)</script>", text) == []
    assert not re.search(r"\son\w+=|<style|javascript:", text)


async def test_the_browser_is_told_to_keep_to_our_files() -> None:
    policy = (await shown("/graphql")).headers["content-security-policy"]
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    assert rules["default-src"] == "'self'"
    assert rules["script-src"] == "'self'"
    assert "http" not in policy


def test_the_files_stay_within_their_budget() -> None:
    assert sum(it.stat().st_size for it in ROOT.rglob("*") if it.is_file()) <= BUDGET


@pytest.mark.parametrize("name", [FILES[0], FILES[-1]])
@pytest.mark.parametrize(
    ("accepted", "packed"),
    [("gzip, br", True), ("br, GZIP;q=0.5", True), ("identity", False), ("gzip;q=0", False)],
)
async def test_a_file_is_unpacked_for_those_who_cannot(
    name: str, accepted: str, packed: bool
) -> None:
    headers = {"accept-encoding": accepted}
    answer = await client("/graphql").get(f"/graphql/graphiql/{name}", headers=headers)
    assert answer.text == SOURCES[name]
    assert ("content-encoding" in answer.headers) == packed
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["vary"] == "accept-encoding"


async def test_what_a_browser_has_is_not_sent_again() -> None:
    asked = client("/graphql")
    for address in ("/graphql", f"/graphql/graphiql/{FILES[0]}"):
        etag = (await asked.get(address, headers={"accept": "text/html"})).headers["etag"]
        headers = {"accept": "text/html", "if-none-match": etag}
        answer = await asked.get(address, headers=headers)
        assert (answer.status_code, answer.content) == (304, b"")


@pytest.mark.parametrize("name", ["manifest.json", "..%2fpage.py", "x.js", "%00"])
async def test_no_other_file_is_served(name: str) -> None:
    answer = await client("/graphql").get(f"/graphql/graphiql/{name}")
    assert answer.status_code == 404


def test_the_examples_are_graphql() -> None:
    assert len(examples()) >= 3
    for example in examples():
        parse(example.query)


def test_the_notices_name_what_the_bundle_holds() -> None:
    notices = (ROOT / "NOTICES").read_text()
    for package in ("graphiql 5", "@graphiql/plugin-explorer", "monaco-editor", "react-dom"):
        assert f"\n{package}" in notices
    assert "http://registry" not in notices
