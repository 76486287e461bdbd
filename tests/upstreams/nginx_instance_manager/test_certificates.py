from typing import Any

import pytest

from gateway.errors import BadUserInput
from gateway.upstreams.nginx_instance_manager.certificates import checked, secrets

CERTIFICATE = "-----BEGIN CERTIFICATE-----\nTUlJRg==\n-----END CERTIFICATE-----\n"
KEY = "-----BEGIN PRIVATE KEY-----\nTUlJRXZ3SUJBREFO\nAAAA\n-----END PRIVATE KEY-----\n"
PARAMETERS = "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n"
RSA = (
    "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00FF\n\n"
    "TUlJRg==\n-----END RSA PRIVATE KEY-----"
)


def given(**details: Any) -> dict[str, Any]:
    return {"name": "a", "certPEMDetails": {"type": "PEM"} | details}


@pytest.mark.parametrize(
    "details",
    [
        {"publicCert": CERTIFICATE},
        {"publicCert": CERTIFICATE * 2, "privateKey": KEY},
        {"publicCert": CERTIFICATE, "privateKey": RSA, "caCerts": [CERTIFICATE]},
        {"publicCert": CERTIFICATE.replace("\n", "\r\n")},
        {"publicCert": CERTIFICATE, "privateKey": PARAMETERS + KEY},
        {"type": "PKCS12", "publicCert": "anything"},
    ],
)
def test_pem_passes(details: dict[str, Any]) -> None:
    assert checked(given(**details)) == given(**details)


@pytest.mark.parametrize(
    ("details", "field"),
    [
        ({"publicCert": "hunter2"}, "publicCert"),
        ({"publicCert": ""}, "publicCert"),
        ({"publicCert": 5}, "publicCert"),
        ({"publicCert": KEY}, "publicCert"),
        ({"publicCert": CERTIFICATE + KEY}, "publicCert"),
        ({"publicCert": CERTIFICATE, "caCerts": [KEY + CERTIFICATE]}, "caCerts"),
        ({"publicCert": CERTIFICATE.replace("TUlJRg==", "T$")}, "publicCert"),
        ({"publicCert": CERTIFICATE.replace("END", "ENDE")}, "publicCert"),
        ({"publicCert": CERTIFICATE, "privateKey": CERTIFICATE}, "privateKey"),
        ({"publicCert": CERTIFICATE, "privateKey": "hunter2"}, "privateKey"),
        ({"publicCert": CERTIFICATE, "caCerts": [CERTIFICATE, "x"]}, "caCerts"),
    ],
)
def test_what_is_no_pem_is_refused_without_telling_what_was_given(
    details: dict[str, Any], field: str
) -> None:
    with pytest.raises(BadUserInput) as caught:
        checked(given(**details))
    error = caught.value
    assert error.problem is not None
    assert [one.field for one in error.problem.invalid_parameters] == [field]
    told = f"{error.message}{error.extensions()}"
    assert not any(str(text) in told for text in details.values() if text)


def test_secrets_are_the_key_whole_and_by_its_lines_and_its_password() -> None:
    assert secrets(given(privateKey=KEY, password="pw")) == [KEY, "pw", "TUlJRXZ3SUJBREFO"]
    assert secrets({"name": "a"}) == []
