"""Many signed documents in one archive: those of the asked-for ones that are open to the person, byte for byte."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from assessments.domain.strict import Text
from ethicsreview.accounts.models import User
from workflows.domain.archive_names import Names
from workflows.domain.archives import LeftOut, Omitted, Why
from workflows.domain.clock import local_day
from workflows.models import CaseReport, VerificationReport
from workflows.queries.minutes import person
from workflows.reporting.dossier import Plan, document_piece
from workflows.reporting.plain import moment
from workflows.reporting.sheets import Piece, shown_at, words

CASE, VERIFICATION = "case", "verification"


@dataclass(frozen=True)
class ReportSet:
    """The documents a person may have of those asked for, by their keys ``case:<id>`` and ``verification:<id>``."""

    asked: tuple[str, ...]
    cases: dict[str, CaseReport]
    verifications: dict[str, VerificationReport]

    @property
    def grants(self) -> list[str]:
        """Everything that has to be open still when it is handed out."""
        return sorted(f"report:{key}" for key in (*self.cases, *self.verifications))


def report_set(asked: Iterable[str], user: User, now: datetime) -> ReportSet:
    """Two queries, however many are asked for; without the documents' bytes."""
    day, keys = local_day(now, settings.TIME_ZONE), tuple(asked)
    return ReportSet(
        keys,
        {f"{CASE}:{row.pk}": row for row in _cases(_ids(keys, CASE), user, day)},
        {f"{VERIFICATION}:{row.pk}": row for row in _verifications(_ids(keys, VERIFICATION), user, day)},
    )


def _ids(keys: Iterable[str], half: str) -> list[int]:
    return [int(number) for name, _colon, number in (key.partition(":") for key in keys) if name == half]


def _cases(ids: list[int], user: User, day: date) -> list[CaseReport]:
    rows = CaseReport.objects.visible_to(user, day).filter(pk__in=ids, document__isnull=False)
    joined = rows.select_related("document", "decision__case__committee").defer("document__content")
    return list(joined.order_by("decision__case__reference", "decision__number", "kind", "language"))


def _verifications(ids: list[int], user: User, day: date) -> list[VerificationReport]:
    rows = VerificationReport.objects.visible_to(user, day).filter(pk__in=ids, document__isnull=False)
    joined = rows.select_related("document", "verification__self_assessment").defer("document__content")
    return list(joined.order_by("verification__reference", "kind", "language"))


def report_plan(found: ReportSet, user: User, now: datetime) -> Plan:
    """One folder for each case and each verification."""
    names, pieces = Names(), list[Piece]()
    for key in found.cases:
        pieces.append(_piece(found.cases[key], str(found.cases[key].decision.case.reference), names))
    for key in found.verifications:
        pieces.append(_piece(found.verifications[key], found.verifications[key].verification.reference, names))
    missing = len(set(found.asked)) - len(pieces)
    at = shown_at(now, settings.TIME_ZONE)
    return Plan(
        name=f"documents-{now:%Y%m%d-%H%M}",
        title=words(_("Signed documents")),
        over="ethicsreview",
        head=(
            (words(_("As it stood")), at),
            (words(_("Made for")), Text(user.name_in("en"), user.name_in("zh"))),
        ),
        about={
            "kind": "reports",
            "at": moment(now),
            "requested_by": person(user),
            "asked_for": len(set(found.asked)),
        },
        pieces=tuple(pieces),
        left_out=(LeftOut(Omitted.REPORTS, Why.CLOSED, missing),) if missing else (),
        grants=tuple(found.grants),
    )


def _piece(row: CaseReport | VerificationReport, reference: str, names: Names) -> Piece:
    document = row.document
    if document is None:
        raise ValueError(f"report {row.pk} is not signed")
    return document_piece(document, names.take(reference, f"{reference}-{document.file_name}"))
