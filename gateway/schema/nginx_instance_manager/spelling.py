"""Inputs → bodies as Instance Manager wants them, checked before anything is sent."""

import ipaddress
import re
from base64 import b64encode
from collections.abc import Iterable, Sequence
from typing import Final

from gateway.model.changes import JSONObject
from gateway.model.kinds import Kind
from gateway.model.nginx_instance_manager.changes import Publish, Scan
from gateway.model.resources import ResourceKey
from gateway.schema.masks import refuse_mask
from gateway.schema.nginx_instance_manager.inputs import (
    ApplyCertificateInput,
    ApplyInstanceGroupInput,
    ApplyStagedConfigurationInput,
    NginxFileInput,
    PublishInstanceConfigInput,
    ScanNetworkInput,
)
from gateway.schema.spelling import said
from gateway.upstreams.nginx_instance_manager.problems import refused
from gateway.upstreams.nginx_instance_manager.requests import ROOT, place

LARGEST: Final = 50_000_000
"""The bytes of a request that the proxy before Instance Manager takes."""
ID_TYPES: Final = ("git", "other")
_PATH: Final = re.compile(r"/[^\x00-\x1f\x7f]+")
_PORTS: Final = re.compile(r"([0-9]{1,5})(?:-([0-9]{1,5}))?")
_WORD: Final = re.compile(r"[a-z][a-z-]{0,31}")
_TAG: Final = re.compile(r"[^\x00-\x1f\x7f]{1,256}")


def publish(given: PublishInstanceConfigInput, upstream: str, now: str) -> Publish:
    """What is published to whom; a staged configuration for an instance is given as its files."""
    if (given.instance is None) == (given.instance_group is None):
        raise refused("instance", "or `instanceGroup` is needed, and not both")
    if (given.config_files is None) == (given.staged_configuration is None):
        raise refused("configFiles", "or `stagedConfiguration` is needed, and not both")
    if given.external_id_type not in (None, *ID_TYPES):
        raise refused("externalIdType", "must be `git` or `other`")
    if given.external_id_type is not None and given.external_id is None:
        raise refused("externalIdType", "needs an `externalId`")
    key = (
        ResourceKey(upstream, "Instance", None, given.instance)
        if given.instance is not None
        else ResourceKey(upstream, "InstanceGroup", None, given.instance_group or "")
    )
    wishes = said(
        externalId=given.external_id,
        externalIdType=given.external_id_type,
        validateConfig=given.validate_config,
        ignoreConflict=given.ignore_conflict,
    )
    if given.staged_configuration is not None:
        return Publish(key, {"configUid": given.staged_configuration, **wishes})
    body = files(given.config_files or (), given.aux_files or (), given.root_dir)
    return Publish(key, {**body, "updateTime": now, **wishes})


def files(
    config: Sequence[NginxFileInput], aux: Sequence[NginxFileInput], root_dir: str
) -> JSONObject:
    """Files as they go over the wire; raises BadUserInput for a path that is none, or too much."""
    if not config:
        raise refused("configFiles", "must have a file")
    if not _PATH.fullmatch(root_dir):
        raise refused("rootDir", "must be an absolute path")
    if sum(len(one.text) for one in (*config, *aux)) * 4 // 3 > LARGEST:
        raise refused("configFiles", "must be less than 50 MB: Instance Manager takes no more")
    return {
        "auxFiles": {"rootDir": "/", "files": _files(aux, "auxFiles")},
        "configFiles": {"rootDir": root_dir, "files": _files(config, "configFiles")},
    }


def _files(given: Iterable[NginxFileInput], field: str) -> list[JSONObject]:
    made: dict[str, JSONObject] = {}
    for at, one in enumerate(given):
        if not _PATH.fullmatch(one.name):
            raise refused(f"{field}[{at}].name", "must be an absolute path")
        if one.name in made:
            raise refused(f"{field}[{at}].name", "must be given once")
        refuse_mask(one.text)
        try:
            contents = b64encode(one.text.encode()).decode()
        except UnicodeEncodeError:
            raise refused(f"{field}[{at}].text", "must be text that can be sent") from None
        made[one.name] = {"name": one.name, "contents": contents}
    return list(made.values())


def tags(given: Sequence[str]) -> JSONObject:
    """The tags of a host; raises BadUserInput for one that is empty or comes twice."""
    for at, one in enumerate(given):
        if not _TAG.fullmatch(one) or one in given[:at]:
            raise refused(f"tags[{at}]", "must have 1 to 256 characters, and be there once")
    return {"tags": list(given)}


def certificate(given: ApplyCertificateInput, instance: Kind) -> JSONObject:
    """A certificate with its key, as it goes over the wire."""
    details = said(
        type="PEM",
        publicCert=given.public_cert,
        privateKey=given.private_key,
        password=given.password,
        caCerts=given.ca_certs,
    )
    body = said(
        name=given.name,
        certPEMDetails=details,
        instanceRefs=None
        if given.instances is None
        else [f"{ROOT}{place(instance, name)}" for name in given.instances],
    )
    refuse_mask(body)
    return body


def group(given: ApplyInstanceGroupInput) -> JSONObject:
    """A group of instances, as it goes over the wire."""
    if not given.name.strip():
        raise refused("name", "must not be empty")
    return said(name=given.name, displayName=given.display_name, description=given.description)


def staged(given: ApplyStagedConfigurationInput) -> JSONObject:
    """A configuration to keep, as it goes over the wire."""
    if not given.name.strip():
        raise refused("name", "must not be empty")
    body = files(given.config_files, given.aux_files or (), given.root_dir)
    return {"configName": given.name, **body}


def scan(given: ScanNetworkInput) -> Scan:
    """A scan; raises BadUserInput for what is no network, and for ports outside 1 to 65535."""
    try:
        ipaddress.ip_network(given.cidr, strict=False)
    except ValueError:
        raise refused("cidr", "must be a network, such as `192.0.2.0/24`") from None
    if not given.port_ranges:
        raise refused("portRanges", "must have a port")
    for at, one in enumerate(given.port_ranges):
        found = _PORTS.fullmatch(one)
        low, high = (int(found[1]), int(found[2] or found[1])) if found else (0, 0)
        if not 1 <= low <= high <= 65535:
            raise refused(f"portRanges[{at}]", "must be a port or a range within 1 to 65535")
    if not _WORD.fullmatch(given.host_discovery):
        raise refused("hostDiscovery", "must be a word, such as `none` or `icmp`")
    return Scan(
        {
            "cidr": given.cidr,
            "hostDiscovery": given.host_discovery,
            "portRanges": list(given.port_ranges),
        }
    )
