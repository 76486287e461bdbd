"""A fleet to look at: hosts with an NGINX each, groups, certificates, events and metrics."""

from base64 import b64encode
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from gateway.upstreams.nginx_instance_manager.fake.app import FakeInstanceManager
from gateway.upstreams.nginx_instance_manager.fake.store import API, JSONObject, Store

CONFIGURATION: Final = "events {}\nhttp {\n  server {\n    listen 80;\n    return 200;\n  }\n}\n"
RELEASES: Final = (("1.25.3", "nginx-plus-r31"), ("1.27.2", "nginx-plus-r33"), ("1.28.0", ""))
GROUPS: Final = ("production", "staging")
CERTIFICATES: Final = (("shop", 400), ("api", 20), ("legacy", -3))
"""Names, and in how many days they end."""


def populate(fake: FakeInstanceManager, hosts: int = 8) -> None:
    """Fill an empty store with so many hosts and what belongs to them."""
    store = fake.store
    groups = [_group(store, name) for name in GROUPS]
    for number in range(hosts):
        _host(store, number, groups[number % len(groups)])
    for at, (name, days) in enumerate(CERTIFICATES):
        _certificate(store, name, days, store.rows("instances")[at :: len(CERTIFICATES)])
    staged = {"uid": store.uid(), "configName": "base-config", "createTime": store.now()}
    store.rows("configs").append(staged | {"updateTime": store.now()})
    store.configurations[f"/configs/{staged['uid']}"] = files(CONFIGURATION)
    store.rows("servers").append(_server(store))
    store.rows("users").append(
        {"metadata": _about("devdebs", "Deborah Debuggington"), "userDef": {"roles": []}}
    )
    store.rows("roles").append(
        {"metadata": _about("green", "The Green Team"), "roleDef": {"permissions": []}}
    )
    store.rows("resource-groups").append(
        {"uid": store.uid(), "name": "fleet", "description": "Everything.", "resources": []}
    )
    store.metrics.append(_metric(store))
    store.documents |= {
        "userinfo": {"name": fake.user},
        "license": {"licenseStatus": "VALID"},
        "modules": {"items": [{"name": "nim"}]},
    }


def files(text: str) -> JSONObject:
    """A configuration of one file, as it goes over the wire."""
    file = {"name": "/etc/nginx/nginx.conf", "contents": b64encode(text.encode()).decode()}
    return {
        "auxFiles": {"rootDir": "/", "files": []},
        "configFiles": {"rootDir": "/etc/nginx", "files": [file]},
    }


def event(store: Store, instance: JSONObject, status: str, message: str) -> None:
    """Let something have happened to an instance now."""
    dimensions = {key: instance["uid"] for key in ("instance", "nginx_id")}
    store.rows("events").append(
        {
            "category": "agent status",
            "dimensions": dimensions | {"system_id": instance["systemUid"]},
            "id": store.uid(),
            "level": "INFO",
            "message": message,
            "status": status,
            "timestamp": store.now(),
        }
    )


def _host(store: Store, number: int, group: JSONObject) -> None:
    name, system, uid = f"nginx-{number + 1:03}", store.uid(), store.uid()
    version, release = RELEASES[number % len(RELEASES)]
    place = f"{API}/systems/{system}"
    instance = {
        "uid": uid,
        "systemUid": system,
        "displayName": name,
        "version": version,
        "build": {"nginxPlus": bool(release), "release": release, "version": version},
        "configPath": "/etc/nginx/nginx.conf",
        "processPath": "/usr/sbin/nginx",
        "processId": str(1000 + number),
        "status": {"state": "online", "lastStatusReport": store.now()},
        "startTime": store.now(),
        "registrationTime": store.now(),
        "configVersion": {
            "instanceGroup": {"uid": group["uid"], "versionHash": "", "createTime": store.now()},
            "versions": [{"uid": uid, "versionHash": "922e9d40", "createTime": store.now()}],
        },
        "links": [
            {"rel": f"{place}/instances/{uid}", "name": "self"},
            {"rel": place, "name": "system"},
        ],
    }
    store.rows("instances").append(instance)
    store.rows("systems").append(
        {
            "uid": system,
            "hostname": name,
            "displayName": name,
            "tags": [f"env:{group['name']}", "dc:azure"],
            "nginxInstances": [{"uid": uid, "displayName": name}],
            "links": [{"rel": place, "name": "self"}],
        }
    )
    group["instances"].append({"uid": uid, "systemUid": system, "hostName": name})
    store.configurations[f"/systems/{system}/instances/{uid}"] = files(CONFIGURATION)
    event(store, instance, "Agent Start", f"nginx-agent v2.33.0 started on {name}")


def _group(store: Store, name: str) -> JSONObject:
    made: JSONObject = {
        "uid": store.uid(),
        "name": name,
        "displayName": name.title(),
        "description": f"What is {name}.",
        "instances": [],
    }
    store.rows("instance-groups").append(made)
    store.configurations[f"/instance-groups/{made['uid']}"] = files(CONFIGURATION)
    return made


def _certificate(store: Store, name: str, days: int, instances: list[JSONObject]) -> None:
    ends = datetime.fromtimestamp(store.clock(), UTC) + timedelta(days=days)
    valid_to = ends.isoformat(timespec="seconds").replace("+00:00", "Z")
    about = {
        "commonName": f"{name}.example.com",
        "expired": days < 0,
        "expiry": days * 86400,
        "issuer": "CN=Example Authority",
        "publicKeyType": "RSA (2048 bit)",
        "serialNumber": "290091060211653667347751276868955784795456843516",
        "signatureAlgorithm": "SHA256-RSA",
        "subject": f"CN={name}.example.com",
        "subjectAlternativeName": f"{name}.example.com",
        "thumbprint": "E0:B3:53:81",
        "thumbprintAlgorithm": "SHA-256",
        "validFrom": "2021-11-20T06:48:59Z",
        "validTo": valid_to,
    }
    places = [f"{API}/systems/{one['systemUid']}/instances/{one['uid']}" for one in instances]
    store.rows("certs").append(
        {
            "name": name,
            "uid": store.uid(),
            "created": store.now(),
            "modified": store.now(),
            "validFrom": about["validFrom"],
            "validTo": valid_to,
            "certMetadata": [about],
            "certAssignmentDetails": [],
            "instanceRefs": places,
        }
    )


def _server(store: Store) -> JSONObject:
    flaw = {
        "id": "2021-23017",
        "severity": "medium",
        "description": "1-byte memory overwrite in resolver",
        "advisory": "https://mailman.nginx.org/pipermail/nginx-announce/2021/000300.html",
    }
    return {
        "certs": [],
        "createTime": store.now(),
        "updateTime": store.now(),
        "cves": [flaw],
        "links": [],
        "network": [{"ip": "192.168.56.2", "port": 80}],
        "serverApplication": "nginx",
        "vendor": "Ubuntu",
        "version": "1.18.0",
    }


def _about(name: str, title: str) -> JSONObject:
    return {"name": name, "displayName": title, "description": ""}


def _metric(store: Store) -> JSONObject:
    series: list[Any] = [
        {
            "dimensions": {"nginx_id": one["uid"], "instance": one["displayName"]},
            "timestamps": [store.now()],
            "values": [1000.0 + at],
        }
        for at, one in enumerate(store.rows("instances"))
    ]
    return {"name": "nginx.http.request.count", "series": series}
