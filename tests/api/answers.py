"""What the tests of the door read off answers."""

from collections.abc import Callable
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext


def codes(answer: Any) -> list[str]:
    """Codes of what is missing in a refusal."""
    assert answer.status_code == 409, (answer.status_code, answer.content)
    return [one["code"] for one in answer.json()["missing"]]


def pointers(answer: Any) -> list[str]:
    """Places of the wrong values."""
    assert answer.status_code == 400, (answer.status_code, answer.content)
    return [one["pointer"] for one in answer.json()["faults"]]


def overtaken(answer: Any) -> Any:
    """What stands there now, told to who acted on something older."""
    told = answer.json()
    assert (answer.status_code, told["type"]) == (409, "/api/v1/docs/#problem-overtaken"), answer.content
    return told["standing"]


def good(answer: Any, status: int = 200) -> Any:
    """The body of an answer that has this status."""
    assert answer.status_code == status, (answer.status_code, answer.content)
    return answer.json()


def bytes_of(answer: Any) -> bytes:
    """The file an answer sends, read to its end."""
    assert answer.status_code == 200, (answer.status_code, answer.content)
    return bytes(answer.getvalue())


def queries(call: Callable[[], Any]) -> int:
    """How many statements a call costs; it is made once before, so that nothing is counted that is kept for good."""
    call()
    with CaptureQueriesContext(connection) as seen:
        answer = call()
    assert answer.status_code == 200, answer.content
    return len(seen)


def hidden_like_nothing(caller: Any, path: str, absent: str) -> None:
    """What one may not see answers exactly like what does not exist."""
    one, other = caller.get(path), caller.get(absent)
    assert (one.status_code, other.status_code) == (404, 404), (one.content, other.content)
    assert one.json() | {"instance": ""} == other.json() | {"instance": ""}
