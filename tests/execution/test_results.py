import msgspec
import pytest

from gateway.execution.results import Outcome, Result, refused

ERROR = {"message": "no", "extensions": {"code": "X"}}


@pytest.mark.parametrize(
    ("result", "encoded"),
    [
        (Result(Outcome.EXECUTED, {"a": 1}), b'{"data":{"a":1}}'),
        (Result(Outcome.EXECUTED, None, (ERROR,)), b'"data":null}'),
        (Result(Outcome.EXECUTED, {"a": msgspec.Raw(b"[1 ]")}), b'{"data":{"a":[1 ]}}'),
        (refused(ERROR), b'{"errors":[{"message":"no","extensions":{"code":"X"}}]}'),
    ],
)
def test_a_result_is_encoded_as_graphql_says(result: Result, encoded: bytes) -> None:
    assert result.encoded().endswith(encoded)
