"""Lists of an enterprise's assessments with how far each is, a keyset page at a time."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from assessments.domain.claims import ClaimSource
from assessments.domain.scoring import Standing
from assessments.domain.staged import Dimension
from assessments.domain.states import AssessmentState
from assessments.models import Answer, Contributor, DcmmClaim, Evidence, SelfAssessment, Snapshot
from assessments.queries.keysets import mark, read_mark
from assessments.queries.maturity import MaturityFolder, day_of, of_person
from assessments.queries.snapshots import with_links
from ethicsreview.accounts.models import User

PAGE = 25
SHOWN = 8  # rows the home page shows


@dataclass(frozen=True)
class DimensionProgress:
    """How far one dimension is: ``unanswered`` are the keys of the criteria asked and empty."""

    dimension: Dimension
    answered: int
    asked: int
    unanswered: tuple[str, ...]

    @property
    def complete(self) -> bool:
        """Nothing asked is empty."""
        return not self.unanswered


@dataclass(frozen=True)
class MaturityRow:
    """One assessment in a list; ``snapshot`` is the enterprise's own, as handed in, None while it is open."""

    folder: MaturityFolder
    snapshot: Snapshot | None
    answered: int
    asked: int

    @property
    def percent(self) -> int:
        """How much of what is asked is answered, cut to whole percents; nothing asked counts as done."""
        return 100 * self.answered // self.asked if self.asked else 100


@dataclass(frozen=True)
class MaturityPage:
    """Rows newest change first, with the marks of the neighbouring pages, empty at the ends."""

    rows: list[MaturityRow]
    newer: str
    older: str
    total: int


def progress(folder: MaturityFolder) -> list[DimensionProgress]:
    """Every dimension in order, up to the target and by what the answers so far have opened."""
    found = []
    for dimension in folder.instrument.dimensions:
        keys = [one.key for item in dimension.items for cell in item.cells for one in cell]
        states = {key: folder.standings[key] for key in keys}
        empty = tuple(key for key, state in states.items() if state is Standing.UNANSWERED)
        rated = sum(state is Standing.RATED for state in states.values())
        found.append(DimensionProgress(dimension, rated, rated + len(empty), empty))
    return found


def maturity_page(user: User, *, now: datetime, older: str = "", newer: str = "") -> MaturityPage:
    """One page of what the person may read; ``older`` and ``newer`` are marks of a page seen before."""
    day = day_of(now)
    readable = SelfAssessment.objects.visible_to(user, day)
    rows, total = of_person(readable, user, day), readable.count()
    before, after = read_mark(newer), read_mark(older)
    if before:
        found = list(rows.filter(_later(*before)).order_by("changed_at", "pk")[: PAGE + 1])
        more, found = len(found) > PAGE, list(reversed(found[:PAGE]))
        marks = (_mark(found[0]) if more else "", _mark(found[-1]) if found else "")
        return MaturityPage(rows_of(found, user=user, now=now), *marks, total)
    if after:
        rows = rows.filter(_earlier(*after))
    found = list(rows.order_by("-changed_at", "-pk")[: PAGE + 1])
    more, found = len(found) > PAGE, found[:PAGE]
    marks = (_mark(found[0]) if found and after else "", _mark(found[-1]) if more else "")
    return MaturityPage(rows_of(found, user=user, now=now), *marks, total)


def open_work(user: User, *, now: datetime) -> list[MaturityRow]:
    """Open assessments the person leads or contributes to, the longest untouched first; for the home page.

    Progress counts the person's own dimensions alone.
    """
    day = day_of(now)
    named = Contributor.objects.filter(user=user.pk).values("self_assessment")
    rows = SelfAssessment.objects.visible_to(user, day).filter(
        Q(lead=user.pk) | Q(pk__in=named), assessment__state=AssessmentState.OPEN.value
    )
    return rows_of(of_person(rows, user, day).order_by("changed_at", "pk")[:SHOWN], user=user, now=now, own=True)


def predecessors(user: User, *, now: datetime) -> list[SelfAssessment]:
    """Assessments a new one can begin from, the newest first."""
    day = day_of(now)
    rows = of_person(SelfAssessment.objects.visible_to(user, day), user, day)
    return list(rows.order_by("-created_at", "-pk")[:PAGE])


def rows_of(rows: Iterable[SelfAssessment], *, user: User, now: datetime, own: bool = False) -> list[MaturityRow]:
    """Each assessment with how far it is; the same few queries for one and for many. ``own``: own dimensions alone."""
    folders = [MaturityFolder(row, user=user, now=now) for row in rows]
    _fill(folders)
    handed_in = [folder.row.pk for folder in folders if folder.submitted]
    last = Snapshot.objects.filter(self_assessment__in=handed_in).defer("inputs", "facts", "result")
    snapshots = {one.self_assessment_id: one for one in last.order_by("-number")} if handed_in else {}
    return [_row(folder, snapshots.get(folder.row.pk), own=own) for folder in folders]


def _row(folder: MaturityFolder, snapshot: Snapshot | None, *, own: bool) -> MaturityRow:
    parts = [one for one in progress(folder) if not own or one.dimension.key in folder.own]
    return MaturityRow(folder, snapshot, sum(one.answered for one in parts), sum(one.asked for one in parts))


def _fill(folders: Sequence[MaturityFolder]) -> None:
    """Read answers, evidence and claims of all of them at once."""
    if not folders:
        return
    answers: dict[int, dict[str, Answer]] = {folder.row.assessment_id: {} for folder in folders}
    for answer in Answer.objects.filter(assessment__in=answers).current():
        answers[answer.assessment_id][answer.item] = answer
    evidence: dict[int, list[Evidence]] = {folder.row.pk: [] for folder in folders}
    pieces = Evidence.objects.filter(self_assessment__in=evidence, removed_at__isnull=True).order_by("pk")
    for piece in with_links(pieces):
        evidence[piece.self_assessment_id].append(piece)
    claims = _claims(list(evidence))
    for folder in folders:
        folder.answers = answers[folder.row.assessment_id]
        folder.evidence = evidence[folder.row.pk]
        folder.claim = claims.get(folder.row.pk)


def _claims(ids: Sequence[int]) -> dict[int, DcmmClaim]:
    rows: QuerySet[DcmmClaim] = DcmmClaim.objects.filter(self_assessment__in=ids)
    rows = rows.exclude(source=ClaimSource.FINDING.value)  # found by those who verify
    return {
        row.self_assessment_id: row
        for row in rows.order_by("self_assessment_id", "-pk").distinct("self_assessment_id")
    }


def _mark(row: SelfAssessment) -> str:
    return mark(row.changed_at, row.pk)


def _earlier(moment: datetime, pk: int) -> Q:
    return Q(changed_at__lt=moment) | Q(changed_at=moment, pk__lt=pk)


def _later(moment: datetime, pk: int) -> Q:
    return Q(changed_at__gt=moment) | Q(changed_at=moment, pk__gt=pk)
