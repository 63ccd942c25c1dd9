"""Archives to be downloaded: their states, why one failed, what was left out, and the manifest."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from assessments.domain.strict import Text
from workflows.domain.oversight import CASE_DECIDED, Part

KEPT = timedelta(hours=24)  # a finished archive; the reason of a failed one as long
SILENCE = timedelta(minutes=1)  # a builder that has not moved for this long is taken for dead
MOST_ATTEMPTS = 5  # builders one archive may outlive
MOST_REPORTS = 500  # signed documents in one archive
MOST_BYTES = 2 * 1024**3  # of everything in one archive
MOST_WAITING = 5  # unfinished archives of one person
MOST_KEPT = 20  # finished ones that lie on the disk
MANIFEST, CHECKSUMS = "manifest.json", "manifest.sha256"
FORMAT, VERSION = "ethicsreview.archive", 1


class ArchiveKind(StrEnum):
    """What is in it."""

    DOSSIER = "dossier"  # of one case
    REPORTS = "reports"  # signed documents, of cases and of verifications


class ArchiveState(StrEnum):
    """Its life; a failed one can be tried again, an expired one asked for anew."""

    REQUESTED = "requested"
    BUILDING = "building"
    READY = "ready"
    FAILED = "failed"
    EXPIRED = "expired"  # the file is gone, the row tells that it was there
    DELETED = "deleted"  # by whoever asked for it


UNFINISHED = frozenset({ArchiveState.REQUESTED, ArchiveState.BUILDING})
AGAIN = frozenset({ArchiveState.FAILED, ArchiveState.EXPIRED})


class Failure(StrEnum):
    """Why an archive was not made."""

    CLOSED = "closed"  # what was asked for is not open to the person any more
    EMPTY = "empty"
    FILE_LOST = "file_lost"
    TOO_LARGE = "too_large"
    TOO_SLOW = "too_slow"
    NO_SPACE = "no_space"
    GAVE_UP = "gave_up"  # too many builders died over it
    FAULT = "fault"


class Standing(StrEnum):
    """As what a person reads a case; each dossier is made for one of them."""

    APPLICANT = "applicant"
    COMMITTEE = "committee"
    AUTHORITY = "authority"


# What is a party's to read; an authority's follows from the state of the case, see ``oversight``.
PARTY_PARTS = {
    Standing.APPLICANT: frozenset(
        {Part.FACTS, Part.PROCEDURE, Part.CLOCKS, Part.APPLICATION, Part.FILES, Part.REPORTS}
    ),
    Standing.COMMITTEE: CASE_DECIDED,
}


class Omitted(StrEnum):
    """What can be missing beside a whole part."""

    DRAFTS = "drafts"  # of the application
    NOTICES = "supplement_notices"
    REVIEWS = "reviews"  # not handed in, or not opened
    BALLOTS = "running_votes"
    MINUTES = "minutes_not_approved"
    OTHER_ITEMS = "other_agenda_items"
    DOCUMENTS = "unsigned_documents"
    LATER = "after_the_decision"
    ACTS = "event_details"  # who did it and what was written with it
    STEPS = "working_steps"
    CHAIN = "other_events_of_the_chain"
    REPORTS = "signed_documents"
    FINDINGS = "findings_of_the_desk"


class Why(StrEnum):
    """Why something is not in an archive."""

    NOT_YOURS = "not_yours"  # not open to what the person is to the case
    NOT_DECIDED = "not_decided"
    BLIND = "blind"
    RUNNING = "running"
    NOT_APPROVED = "not_approved"
    NOT_SIGNED = "not_signed"
    OTHER_MATTERS = "other_matters"
    NOT_ACCEPTED = "not_accepted"
    CLOSED = "closed"  # not open any more, or never
    TOO_SMALL = "too_small"  # steps of the work, too many and too small


class Reason(StrEnum):
    """Why a request was not taken."""

    WAITING = "archives_waiting"  # too many of one's own are unfinished
    KEPT = "archives_kept"  # too many of one's own lie on the disk
    TOO_MANY = "too_many_documents"


class NotQueued(Exception):
    """A request that was not taken."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.value)
        self.reason = reason


class TooLarge(Exception):
    """The archive would outgrow ``MOST_BYTES``."""


@dataclass(frozen=True)
class LeftOut:
    """What is not in an archive, by its kind, and why; ``number`` where it is counted."""

    part: Part | Omitted
    why: Why
    number: int | None = None

    def plain(self) -> dict[str, str | int]:
        """As JSON holds it."""
        told: dict[str, str | int] = {"part": self.part.value, "why": self.why.value}
        return told if self.number is None else told | {"number": self.number}


@dataclass(frozen=True)
class Entry:
    """A file of an archive as its manifest lists it. ``at`` is when its content came to be."""

    path: str
    bytes: int
    sha256: str
    kind: str
    title: Text
    at: datetime | None


@dataclass(frozen=True)
class Manifest:
    """``about`` says whose archive it is, of what, and as whom it was read."""

    about: Mapping[str, Any]
    entries: tuple[Entry, ...]
    left_out: tuple[LeftOut, ...]

    def as_json(self) -> bytes:
        """The manifest as UTF-8 JSON; the same values give the same bytes."""
        content = {
            "format": FORMAT,
            "version": VERSION,
            **self.about,
            "files": [
                {
                    "path": entry.path,
                    "bytes": entry.bytes,
                    "sha256": entry.sha256,
                    "kind": entry.kind,
                    "title": {"en": entry.title.en, "zh": entry.title.zh},
                    "at": _moment(entry.at),
                }
                for entry in self.entries
            ],
            "left_out": [one.plain() for one in self.left_out],
        }
        return (json.dumps(content, ensure_ascii=False, indent=1) + "\n").encode()


def _moment(at: datetime | None) -> str | None:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z") if at else None


def checksums(digests: Iterable[tuple[str, str]]) -> bytes:
    """Paths and their digests as ``sha256sum -c`` reads them; paths come from ``Names`` and need no escape."""
    return "".join(f"{sha256}  {path}\n" for path, sha256 in digests).encode()


def is_stuck(state: ArchiveState, progressed_at: datetime, now: datetime) -> bool:
    """Whether an unfinished archive has not moved for longer than it should."""
    return state in UNFINISHED and now - progressed_at > SILENCE


def is_over(state: ArchiveState, expires_at: datetime | None, now: datetime) -> bool:
    """Whether its day is over, whatever was already done about it."""
    return state in {ArchiveState.READY, ArchiveState.FAILED} and expires_at is not None and expires_at <= now


def still_open(built: Iterable[str], now: Iterable[str]) -> bool:
    """Whether everything an archive was built with is open to its reader still."""
    return set(built) <= set(now)
