"""What is added to the advice on a symptom for one product: of its ports, its credentials."""

from typing import Final

import msgspec

from gateway.model.control_planes import Product


class Hint(msgspec.Struct, frozen=True):
    """A sentence on one product, for the symptoms that it helps with."""

    product: Product
    symptoms: tuple[str, ...]
    told: str


_ADDRESS: Final = (
    "connection-refused",
    "not-tls",
    "plain-to-tls",
    "closed-without-answer",
    "answer-not-http",
    "not-json",
)
_KUMA: Final = Product.KUMA
_MESH: Final = Product.NGINX_SERVICE_MESH
_MANAGER: Final = Product.NGINX_INSTANCE_MANAGER

HINTS: Final = (
    Hint(_KUMA, _ADDRESS, "Kuma's API is on 5681 for http and on 5682 for https"),
    Hint(
        _KUMA,
        ("closed-without-answer",),
        "5678 of Kuma is for proxies, and 5680 for diagnostics",
    ),
    Hint(
        _KUMA,
        ("certificate-not-trusted",),
        "Kuma makes its own certificate, kuma-cp.crt, in its work folder on the first start",
    ),
    Hint(_KUMA, ("not-found",), "the API's own index must be there"),
    Hint(_KUMA, ("unauthenticated",), "`kumactl generate user-token` makes a token"),
    Hint(
        _MESH,
        (*_ADDRESS, "not-found", "not-product"),
        "from 1.4 on the address is that of Kubernetes' API, before that of nginx-mesh-api, which "
        "is on 443 of its Service and on 8443 of its Pod",
    ),
    Hint(
        _MESH,
        ("certificate-not-trusted", "certificate-wrong-name"),
        "Pods find the authority of Kubernetes in ca.crt beside their token; before 1.4 the mesh "
        "makes its own certificate",
    ),
    Hint(
        _MESH,
        ("unauthenticated",),
        "from 1.4 on it is a token or a client certificate for Kubernetes",
    ),
    Hint(
        _MESH,
        ("forbidden",),
        "from 1.4 on a role in Kubernetes must allow to list `config` and `services` of "
        "nsm.nginx.com",
    ),
    Hint(
        _MANAGER,
        (*_ADDRESS, "not-found", "not-product", "broken"),
        "Instance Manager's API is on 443 for https, and url ends with /api/platform/v1",
    ),
    Hint(
        _MANAGER,
        ("certificate-not-trusted", "certificate-wrong-name"),
        "Instance Manager's certificate is self-signed unless it was given another",
    ),
    Hint(
        _MANAGER,
        ("unauthenticated", "redirected"),
        "with an OpenID provider Instance Manager takes bearer tokens alone and sends others to a "
        "login page, without one it takes users and passwords alone",
    ),
)


def hints(product: Product, symptom: str) -> list[str]:
    """What there is to add to a symptom's advice for a product."""
    return [one.told for one in HINTS if one.product is product and symptom in one.symptoms]
