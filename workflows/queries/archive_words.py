"""The words of archives: what they hold, where they stand, why one failed and what was left out."""

from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from workflows.domain.archives import (
    MOST_KEPT,
    MOST_REPORTS,
    MOST_WAITING,
    ArchiveKind,
    ArchiveState,
    Failure,
    Omitted,
    Reason,
    Standing,
    Why,
)
from workflows.wording import PARTS

ARCHIVE_KINDS = {
    ArchiveKind.DOSSIER: pgettext_lazy("archive", "Dossier of a case"),
    ArchiveKind.REPORTS: pgettext_lazy("archive", "Signed documents"),
}

ARCHIVE_STATES = {
    ArchiveState.REQUESTED: pgettext_lazy("archive", "Waiting"),
    ArchiveState.BUILDING: pgettext_lazy("archive", "Being built"),
    ArchiveState.READY: pgettext_lazy("archive", "Ready"),
    ArchiveState.FAILED: pgettext_lazy("archive", "Failed"),
    ArchiveState.EXPIRED: pgettext_lazy("archive", "Expired"),
    ArchiveState.DELETED: pgettext_lazy("archive", "Deleted"),
}

FAILURES = {
    Failure.CLOSED: _("What you asked for is not open to you any more."),
    Failure.EMPTY: _("There is nothing to put into it: none of the documents is open to you and signed."),
    Failure.FILE_LOST: _("A stored file is missing or cut short; the operator has to restore it from the backup."),
    Failure.TOO_LARGE: _("The files together are larger than an archive may be (2 GB)."),
    Failure.TOO_SLOW: _("Building it took too long and was stopped."),
    Failure.NO_SPACE: _("There is no room left where archives are kept; the operator has to make some."),
    Failure.GAVE_UP: _("The builder stopped working several times; nothing was lost, try again later."),
    Failure.FAULT: _("An unexpected fault; the operator finds it in the log."),
}

STANDINGS = {
    Standing.APPLICANT: pgettext_lazy("dossier", "the applicant's side"),
    Standing.COMMITTEE: pgettext_lazy("dossier", "the committee"),
    Standing.AUTHORITY: pgettext_lazy("dossier", "a supervising authority"),
}

OMITTED: dict[StrEnum, Promise] = {
    **{part: words for part, words in PARTS.items()},
    Omitted.DRAFTS: pgettext_lazy("left out", "Versions of the application that were not handed in"),
    Omitted.NOTICES: pgettext_lazy("left out", "Supplement notices and their answers"),
    Omitted.REVIEWS: pgettext_lazy("left out", "Reviews not handed in or not opened to you"),
    Omitted.BALLOTS: pgettext_lazy("left out", "Votes of ballots that are open or decided nothing"),
    Omitted.MINUTES: pgettext_lazy("left out", "Minutes not approved yet"),
    Omitted.OTHER_ITEMS: pgettext_lazy("left out", "Agenda items on other cases, and notes beside them"),
    Omitted.DOCUMENTS: pgettext_lazy("left out", "Documents that are not signed yet"),
    Omitted.LATER: pgettext_lazy("left out", "What happened after the newest decision"),
    Omitted.ACTS: pgettext_lazy("left out", "Events of the committee, or who did them and how"),
    Omitted.STEPS: pgettext_lazy("left out", "Single steps of the work, such as saves of a draft"),
    Omitted.CHAIN: pgettext_lazy("left out", "Other events of the same chain"),
    Omitted.REPORTS: pgettext_lazy("left out", "Signed documents that were asked for"),
    Omitted.FINDINGS: pgettext_lazy("left out", "What the secretary found on tier, flags and lists"),
}

WHYS = {
    Why.NOT_YOURS: pgettext_lazy("left out", "not open to what you are to the case"),
    Why.NOT_DECIDED: pgettext_lazy("left out", "opened by a decision, and none is out"),
    Why.NOT_ACCEPTED: pgettext_lazy("left out", "told with the acceptance"),
    Why.BLIND: pgettext_lazy("left out", "the reviews are blind, or not handed in"),
    Why.RUNNING: pgettext_lazy("left out", "secret to everybody"),
    Why.NOT_APPROVED: pgettext_lazy("left out", "not approved yet"),
    Why.NOT_SIGNED: pgettext_lazy("left out", "not signed yet"),
    Why.OTHER_MATTERS: pgettext_lazy("left out", "about other matters"),
    Why.CLOSED: pgettext_lazy("left out", "not open to you, or not any more"),
    Why.TOO_SMALL: pgettext_lazy("left out", "too many and too small; the history keeps them"),
}

REASONS = {
    Reason.WAITING: _("%(waiting)s archives of yours are not finished yet; wait for one of them, or delete it."),
    Reason.KEPT: _("You keep %(kept)s finished archives; delete one of them first."),
    Reason.TOO_MANY: _("An archive holds at most %(most)s documents; narrow your choice."),
}
LIMITS = {"most": MOST_REPORTS, "waiting": MOST_WAITING, "kept": MOST_KEPT}
