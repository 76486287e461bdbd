"""What can be wrong with an upstream, and what to do about it: a row for each.

What is of one product alone is among the hints. The names of the first rows are those of the faults
of `gateway.upstreams.faults`.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

import msgspec


class Symptom(msgspec.Struct, frozen=True):
    """Something that can be wrong: what is seen, what to do, and whether nothing works with it.

    The texts may name {host}, {port}, {seen} and {said}.
    """

    name: str
    seen: str
    advice: str
    ill: bool = True


SYMPTOMS: Final[Mapping[str, Symptom]] = MappingProxyType(
    {
        symptom.name: symptom
        for symptom in (
            Symptom(
                "connection-refused",
                "nothing listens on port {port} of {host}",
                "start the control plane or mend the port; a port-forward must be running",
            ),
            Symptom(
                "name-not-found",
                "the host name {host} is not known",
                "mend the host in url, or the name service of this machine",
            ),
            Symptom(
                "host-unreachable",
                "{host} cannot be reached from here",
                "look for the network, a VPN or a firewall between here and {host}",
            ),
            Symptom(
                "connect-timeout",
                "{host} did not take a connection on port {port} in time",
                "a firewall may drop the packets, or the host is wrong; if it is only far away, "
                "raise connect_timeout",
            ),
            Symptom(
                "answer-timeout",
                "{host} took the connection and gave no answer in time",
                "raise timeout if the control plane is slow; if it speaks TLS, url must begin "
                "with https://",
            ),
            Symptom(
                "not-tls",
                "port {port} of {host} does not speak TLS",
                "write http:// in url, or the https port",
            ),
            Symptom(
                "plain-to-tls",
                "port {port} of {host} wants TLS",
                "write https:// in url, or the http port",
            ),
            Symptom(
                "certificate-not-trusted",
                "the certificate of {host} comes from an authority that is not trusted",
                "name the authority in tls.ca_file",
            ),
            Symptom(
                "certificate-wrong-name",
                "the certificate names another host than {host}",
                "put the name that the certificate has into tls.server_name",
            ),
            Symptom(
                "certificate-expired",
                "the certificate of {host} has expired or is not valid yet",
                "renew it on the control plane, and look at the clocks of both machines",
            ),
            Symptom(
                "client-certificate",
                "{host} wants a client certificate that it trusts",
                "name one in tls.cert_file and its key in tls.key_file; its authority must be "
                "among the control plane's client certificates",
            ),
            Symptom(
                "tls-failed",
                "TLS could not be agreed on with {host}",
                "look whether port {port} is the https port, and which TLS versions it allows",
            ),
            Symptom(
                "credential-unusable",
                "the credential for it cannot be read",
                "look whether the files under auth are there, readable and not empty",
            ),
            Symptom(
                "closed-without-answer",
                "{host} closed the connection without an answer",
                "port {port} may not be that of the API; if it speaks TLS, url must begin with "
                "https://",
            ),
            Symptom(
                "answer-not-http",
                "what answers on port {port} of {host} is not HTTP/1.1",
                "mend the port: it should be that of the API",
            ),
            Symptom(
                "not-json",
                "the answer is not JSON, so it is a page or another program that answers",
                "mend the port or the base path in url: it should be that of the API, not of a "
                "page for people or of an ingress's default page",
            ),
            Symptom(
                "not-found",
                "nothing is at this path (404)",
                "mend the base path in url: the API must be there, as an ingress or proxy "
                "publishes it",
            ),
            Symptom(
                "redirected",
                "the answer sends us elsewhere ({said}), and redirects are not followed",
                "put the address that it leads to into url; a login page means that a proxy "
                "guards the API",
            ),
            Symptom(
                "not-kuma",
                "the answer is JSON, but not the index of a Kuma control plane",
                "mend url: another program answers there, such as Kubernetes' own API",
            ),
            Symptom(
                "not-product",
                "what answers is not the API of {said}",
                "mend url, or product: another program answers there, or a release that is not "
                "spoken",
            ),
            Symptom(
                "unauthenticated",
                "the credential is not accepted (401)",
                "what is under auth is mistyped, has expired or is of another control plane",
            ),
            Symptom(
                "forbidden",
                "who we are may not do this (403)",
                "give the user or its group access, or use another token",
            ),
            Symptom(
                "broken",
                "the answer is an error of the server ({said})",
                "look into the control plane's own log; behind an ingress, look whether it is up",
            ),
            Symptom(
                "strange-status",
                "the answer has a status that is not expected here ({said})",
                "look what stands between here and the control plane",
            ),
            Symptom(
                "connection-failed",
                "there was no usable connection to {host}",
                "look whether the control plane runs and what stands between",
            ),
            Symptom(
                "answer-truncated",
                "the answer broke off before its end",
                "look what stands between here and the control plane, and into their logs",
            ),
            Symptom(
                "answer-too-large",
                "the answer is larger than max_body",
                "no control plane says that much here: mend url, or raise max_body",
            ),
            Symptom(
                "no-room",
                "the gateway held too many large answers to take in this one in time",
                "raise operations.max_bodies",
            ),
            Symptom(
                "answer-compressed",
                "the answer is compressed, although nobody asked for that",
                "turn compression off in the proxy before the control plane",
            ),
            Symptom(
                "localhost-admin",
                "it takes us for its administrator ({seen}) although we showed no credential",
                "we are on its host and it has localhostIsAdmin on, so every caller of the gateway "
                "is its administrator: set KUMA_API_SERVER_AUTHN_LOCALHOST_IS_ADMIN=false there",
                ill=False,
            ),
            Symptom(
                "credential-ignored",
                "it takes us for anonymous ({seen}) although we showed a credential",
                "Kuma knows bearer tokens alone: set auth.type to bearer, with a user token",
                ill=False,
            ),
            Symptom(
                "too-new",
                "{said} is newer than what this version was tried with",
                "most will work; look for a newer version of Meshgate",
                ill=False,
            ),
            Symptom(
                "version-unknown",
                "its version ({said}) is not one of numbers",
                "it is asked as if it were the newest that is known",
                ill=False,
            ),
            Symptom(
                "read-only",
                "it lets nobody write",
                "writes go elsewhere, such as to Kubernetes, or its readOnly must be off "
                "(KUMA_API_SERVER_READ_ONLY)",
                ill=False,
            ),
        )
    }
)
