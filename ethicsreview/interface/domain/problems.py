"""The kinds of problem a call can end in (RFC 9457); the words stand in ``wording``."""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """One kind of problem; the value is the end of its ``type`` address."""

    BAD_INPUT = "bad-input"
    BAD_REQUEST = "bad-request"
    NOT_SIGNED_IN = "not-signed-in"
    NOT_ALLOWED = "not-allowed"
    SCOPE_MISSING = "scope-missing"
    NOT_FOUND = "not-found"
    NO_SUCH_METHOD = "no-such-method"
    NOT_ACCEPTABLE = "not-acceptable"
    REFUSED = "refused"
    OVERTAKEN = "overtaken"
    IN_PROGRESS = "in-progress"
    ALREADY_DONE = "already-done"
    CHANGED_MEANWHILE = "changed-meanwhile"
    TOO_LARGE = "too-large"
    MEDIA_TYPE = "media-type"
    KEY_REUSED = "key-reused"
    TOO_MANY = "too-many-calls"
    FILE_LOST = "file-lost"


STATUS: dict[Kind, int] = {
    Kind.BAD_INPUT: 400,
    Kind.BAD_REQUEST: 400,
    Kind.NOT_SIGNED_IN: 401,
    Kind.NOT_ALLOWED: 403,
    Kind.SCOPE_MISSING: 403,
    Kind.NOT_FOUND: 404,
    Kind.NO_SUCH_METHOD: 405,
    Kind.NOT_ACCEPTABLE: 406,
    Kind.REFUSED: 409,
    Kind.OVERTAKEN: 409,
    Kind.IN_PROGRESS: 409,
    Kind.ALREADY_DONE: 409,
    Kind.CHANGED_MEANWHILE: 412,
    Kind.TOO_LARGE: 413,
    Kind.MEDIA_TYPE: 415,
    Kind.KEY_REUSED: 422,
    Kind.TOO_MANY: 429,
    Kind.FILE_LOST: 503,
}


@dataclass(frozen=True)
class Missing:
    """One thing that keeps an action from happening: code, what it is about, words and article in one language."""

    code: str
    item: str
    text: str
    article: str


@dataclass(frozen=True)
class Fault:
    """One wrong value: ``pointer`` is its JSON pointer (RFC 6901) in the body, or the name of the parameter."""

    pointer: str
    detail: str


class Stop(Exception):
    """A call ends here, in this kind of problem."""

    def __init__(
        self,
        kind: Kind,
        detail: str = "",
        *,
        missing: tuple[Missing, ...] = (),
        faults: tuple[Fault, ...] = (),
        status: int | None = None,
        extra: dict[str, object] | None = None,
    ) -> None:
        super().__init__(kind.value)
        self.kind, self.detail, self.missing, self.faults = kind, detail, missing, faults
        self.status = status or STATUS[kind]
        self.extra = extra or {}
