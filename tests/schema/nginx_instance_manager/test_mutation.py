import json
from typing import Any

import pytest

from tests.upstreams.nginx_instance_manager.fleet import asked, fleet
from tests.upstreams.nginx_instance_manager.test_certificates import CERTIFICATE, KEY

PUBLISH = """
mutation ($input: PublishInstanceConfigInput!) {
  publishInstanceConfig(input: $input) {
    outcome clientMutationId deploymentUid
    deployment { uid status settled succeeded pending failed { name message } }
  }
}
"""
CERTIFY = """
mutation ($input: ApplyCertificateInput!) {
  applyCertificate(input: $input) { outcome certificate { name instanceNames raw } }
}
"""
NGINX = [{"name": "/etc/nginx/nginx.conf", "text": "events {}\n"}]


def code(found: dict[str, Any]) -> str:
    return str(found["errors"][0]["extensions"]["code"])


def wrong(found: dict[str, Any]) -> list[str]:
    return [
        each["field"] for each in found["errors"][0]["extensions"]["problem"]["invalidParameters"]
    ]


async def test_a_configuration_is_published_and_followed_to_its_end() -> None:
    fake = fleet(1)
    fake.store.late, fake.store.seconds = 0.0, 0.0
    row = fake.store.rows("instances")[0]
    name = f"{row['systemUid']}/{row['uid']}"
    given = {"instance": name, "configFiles": NGINX, "wait": True, "validateConfig": True}
    async with asked(fake) as one:
        data = await one.data(PUBLISH, input=given | {"clientMutationId": "m-1"})
        post, get = one.sent()
    made = data["publishInstanceConfig"]
    assert (made["outcome"], made["clientMutationId"]) == ("ACCEPTED", "m-1")
    assert (made["deployment"]["settled"], made["deployment"]["succeeded"]) == (True, ["nginx-001"])
    assert post.method == "POST"
    sent = json.loads(post.body or b"")
    assert sent["configFiles"]["files"] == [
        {"name": "/etc/nginx/nginx.conf", "contents": "ZXZlbnRzIHt9Cg=="}
    ]
    assert (sent["validateConfig"], sent["auxFiles"]) == (True, {"rootDir": "/", "files": []})
    assert "updateTime" in sent
    assert get.target.endswith(f"/systems/instances/deployments/{made['deploymentUid']}")


async def test_without_waiting_only_its_uid_is_told() -> None:
    fake = fleet(2)
    group = fake.store.rows("instance-groups")[0]["uid"]
    staged = fake.store.rows("configs")[0]["uid"]
    async with asked(fake) as one:
        data = await one.data(
            PUBLISH, input={"instanceGroup": group, "stagedConfiguration": staged}
        )
        [post] = one.sent()
    made = data["publishInstanceConfig"]
    assert made["deploymentUid"]
    assert made["deployment"] is None
    assert json.loads(post.body or b"") == {"configUid": staged}


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"configFiles": NGINX}, "instance"),
        ({"instance": "a/b", "instanceGroup": "c", "configFiles": NGINX}, "instance"),
        ({"instance": "a/b"}, "configFiles"),
        ({"instance": "a/b", "configFiles": []}, "configFiles"),
        ({"instance": "a/b", "configFiles": NGINX * 2}, "configFiles[1].name"),
        ({"instance": "a/b", "configFiles": [{"name": "x", "text": ""}]}, "configFiles[0].name"),
        ({"instance": "a/b", "configFiles": NGINX, "rootDir": "etc"}, "rootDir"),
        ({"instance": "a/b", "configFiles": NGINX, "externalIdType": "git"}, "externalIdType"),
        (
            {"instance": "a/b", "configFiles": NGINX, "externalId": "1", "externalIdType": "svn"},
            "externalIdType",
        ),
    ],
)
async def test_a_publication_that_cannot_be_is_refused_before_it_is_sent(
    given: dict[str, Any], field: str
) -> None:
    async with asked(fleet(1)) as one:
        found = await one.answer(PUBLISH, input=given)
        assert one.sent() == []
    assert (code(found), wrong(found)) == ("BAD_USER_INPUT", [field])


async def test_a_masked_key_is_not_published() -> None:
    files = [{"name": "/etc/nginx/key.pem", "text": "(masked by meshgate)"}]
    async with asked(fleet(1)) as one:
        found = await one.answer(PUBLISH, input={"instance": "a/b", "configFiles": files})
        assert one.sent() == []
    assert code(found) == "BAD_USER_INPUT"


async def test_a_certificate_is_kept_and_its_key_is_never_told() -> None:
    fake = fleet(1)
    row = fake.store.rows("instances")[0]
    name = f"{row['systemUid']}/{row['uid']}"
    given = {
        "name": "shop-2",
        "publicCert": CERTIFICATE,
        "privateKey": KEY,
        "password": "hunter2",
        "instances": [name],
    }
    async with asked(fake) as one:
        found = await one.answer(CERTIFY, input=given)
        put = one.sent()[0]
        gone = await one.data(
            'mutation { deleteCertificate(input: { name: "shop-2" }) { outcome } }'
        )
    made = found["data"]["applyCertificate"]
    assert (made["outcome"], made["certificate"]["instanceNames"]) == ("CREATED", [name])
    assert (put.method, put.target) == ("PUT", "/api/platform/v1/certs/shop-2")
    sent = json.loads(put.body or b"")
    assert sent["certPEMDetails"]["privateKey"] == KEY
    assert sent["instanceRefs"] == [
        f"/api/platform/v1/systems/{row['systemUid']}/instances/{row['uid']}"
    ]
    assert "hunter2" not in json.dumps(found)
    assert "TUlJRXZ3SUJBREFO" not in json.dumps(found)
    assert gone == {"deleteCertificate": {"outcome": "DELETED"}}


@pytest.mark.parametrize(
    "given",
    [
        {"name": "a", "publicCert": "SECRET"},
        {"name": "a", "publicCert": CERTIFICATE, "privateKey": "SECRET"},
        {"name": "a", "publicCert": CERTIFICATE, "privateKey": "SECRET", "unknown": 1},
        {"name": "a", "privateKey": "SECRET"},
        {"name": "a", "publicCert": CERTIFICATE, "privateKey": ["SECRET"]},
        {"name": "a/b", "publicCert": CERTIFICATE, "password": "SECRET"},
        {"name": "a", "publicCert": CERTIFICATE, "password": "(masked by meshgate) SECRET"},
        {"name": "a", "publicCert": CERTIFICATE, "password": "SECRET", "instances": ["x"]},
    ],
)
async def test_a_wrong_certificate_is_refused_without_telling_what_was_given(given: Any) -> None:
    async with asked(fleet(1)) as one:
        found = await one.answer(CERTIFY, input=given)
        assert one.sent() == []
        literal = json.dumps(given).replace('"name"', "name").replace('"publicCert"', "publicCert")
        for field in ("privateKey", "password", "unknown", "instances"):
            literal = literal.replace(f'"{field}"', field)
        inline = await one.answer(
            f"mutation {{ applyCertificate(input: {literal}) {{ outcome }} }}"
        )
        assert one.sent() == []
    assert code(found) == "BAD_USER_INPUT"
    assert "SECRET" not in json.dumps([found, inline])


async def test_what_the_upstream_repeats_of_a_key_is_not_told() -> None:
    fake = fleet(1)
    given = {"name": "a", "publicCert": CERTIFICATE, "privateKey": KEY, "password": "hunter2"}

    def refuse(*_: object, **__: object) -> None:
        from gateway.upstreams.nginx_instance_manager.fake.store import Fault

        raise Fault(400, f"cannot read {KEY} with hunter2")

    fake._resources.answer = refuse  # type: ignore[method-assign,assignment]
    async with asked(fake, discovered=False) as one:
        found = await one.answer(CERTIFY, input=given)
    assert "hunter2" not in json.dumps(found)
    assert "TUlJRXZ3SUJBREFO" not in json.dumps(found)


async def test_tags_of_a_host_are_replaced() -> None:
    fake = fleet(1)
    query = """mutation ($name: String!, $tags: [String!]!) {
      patchSystem(input: { name: $name, tags: $tags }) { outcome system { systemTags } }
    }"""
    name = fake.store.rows("systems")[0]["uid"]
    async with asked(fake) as one:
        found = await one.data(query, name=name, tags=["env:new"])
        assert [each.method for each in one.sent()] == ["PATCH", "GET"]
        bad = await one.answer(query, name=name, tags=["a", "a"])
    assert found["patchSystem"] == {"outcome": "UPDATED", "system": {"systemTags": ["env:new"]}}
    assert wrong(bad) == ["tags[1]"]


async def test_a_group_and_a_staged_configuration_are_made_and_changed() -> None:
    group = """mutation ($input: ApplyInstanceGroupInput!) {
      applyInstanceGroup(input: $input) { outcome instanceGroup { name displayName groupName } }
    }"""
    staged = """mutation ($input: ApplyStagedConfigurationInput!) {
      applyStagedConfiguration(input: $input) {
        outcome stagedConfiguration { name displayName configuration { configFiles { text } } }
      }
    }"""
    async with asked(fleet(1)) as one:
        made = (await one.data(group, input={"name": "edge"}))["applyInstanceGroup"]
        uid = made["instanceGroup"]["name"]
        changed = await one.data(group, input={"name": "edge", "uid": uid, "displayName": "Edge"})
        kept = await one.data(staged, input={"name": "a", "configFiles": NGINX})
        kept = kept["applyStagedConfiguration"]
        again = {"uid": kept["stagedConfiguration"]["name"], "name": "b", "configFiles": NGINX}
        replaced = await one.data(staged, input=again)
        methods = [each.method for each in one.sent() if each.method != "GET"]
        taken = await one.answer(group, input={"name": "edge"})
    assert methods == ["POST", "PATCH", "POST", "PUT"]
    assert (made["outcome"], made["instanceGroup"]["groupName"]) == ("CREATED", "edge")
    assert changed["applyInstanceGroup"]["instanceGroup"]["displayName"] == "Edge"
    assert kept["stagedConfiguration"]["configuration"]["configFiles"] == [{"text": "events {}\n"}]
    assert replaced["applyStagedConfiguration"]["stagedConfiguration"]["displayName"] == "b"
    assert code(taken) == "CONFLICT"


async def test_an_instance_is_forgotten() -> None:
    fake = fleet(2)
    row = fake.store.rows("instances")[0]
    query = "mutation ($name: String!) { deleteInstance(input: { name: $name }) { outcome id } }"
    async with asked(fake) as one:
        found = await one.data(query, name=f"{row['systemUid']}/{row['uid']}")
        again = await one.answer(query, name=f"{row['systemUid']}/{row['uid']}")
    assert found["deleteInstance"]["outcome"] == "DELETED"
    assert len(fake.store.rows("instances")) == 1
    assert code(again) == "NOT_FOUND"


SCAN = """mutation ($cidr: String!, $ports: [String!]!) {
  scanNetwork(input: { cidr: $cidr, portRanges: $ports }) { outcome scan { status nginxFound } }
}"""


async def test_a_network_is_scanned() -> None:
    async with asked(fleet(1)) as one:
        found = await one.data(SCAN, cidr="192.0.2.0/24", ports=["80", "8000-8100"])
        [post] = one.sent()
    assert found["scanNetwork"]["scan"] == {"status": "complete", "nginxFound": 1}
    assert json.loads(post.body or b"") == {
        "cidr": "192.0.2.0/24",
        "hostDiscovery": "none",
        "portRanges": ["80", "8000-8100"],
    }


@pytest.mark.parametrize(
    ("cidr", "ports", "field"),
    [
        ("192.0.2.0/33", ["80"], "cidr"),
        ("everything", ["80"], "cidr"),
        ("192.0.2.0/24", [], "portRanges"),
        ("192.0.2.0/24", ["0"], "portRanges[0]"),
        ("192.0.2.0/24", ["80", "65536"], "portRanges[1]"),
        ("192.0.2.0/24", ["90-80"], "portRanges[0]"),
        ("192.0.2.0/24", ["http"], "portRanges[0]"),
    ],
)
async def test_what_is_no_network_or_no_port_is_refused(
    cidr: str, ports: list[str], field: str
) -> None:
    async with asked(fleet(1)) as one:
        found = await one.answer(SCAN, cidr=cidr, ports=ports)
        assert one.sent() == []
    assert wrong(found) == [field]
