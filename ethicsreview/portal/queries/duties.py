"""The conditions behind the figures: counting and the live lists ask the same, so they cannot disagree."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Value
from django.db.models.functions import TruncDate
from django.db.models.lookups import GreaterThan
from django.utils.timezone import make_aware

from ethicsreview.portal.domain.figures import Duty
from workflows.domain.clock import local_day
from workflows.domain.states import State
from workflows.domain.verification_states import CertificateState
from workflows.models import Certificate, Condition, Decision
from workflows.queries.certificates import LIVE
from workflows.queries.deadlines import due_within
from workflows.queries.rulebooks import load_rulebook, load_scheme, published_editions
from workflows.queries.verifications import schemes

ENDED = [State.APPROVED.value, State.REFUSED.value]


def ended_within(first: date, last: date) -> Q:
    """Cases that a decision issued on these days ended."""
    begins, ends = (
        make_aware(datetime.combine(day, datetime.min.time())) for day in (first, last + timedelta(days=1))
    )
    issued = Decision.objects.filter(case=OuterRef("pk"), issued_at__isnull=False)
    within = Exists(issued.filter(issued_at__gte=begins, issued_at__lt=ends))
    return Q(state__in=ENDED) & Q(within) & ~Q(Exists(issued.filter(issued_at__gte=ends)))


def owing(duty: Duty, now: datetime) -> Q:
    """Cases of which this is overdue. One query for the editions of the rules."""
    return _CASES[duty](now)


def _deciding(now: datetime) -> Q:
    return due_within(-1, now)


def _decided_late(now: datetime) -> Q:
    """The clock was stopped by a decision, after its last day in the time zone of the rules."""
    found = Q(pk__in=[])
    for edition in published_editions():
        rules = load_rulebook(edition)
        zone = ZoneInfo(rules.time_zone)
        stopped, started = (TruncDate(name, tzinfo=zone) for name in ("clock_stopped_at", "clock_started_at"))
        by_rule = GreaterThan(stopped - started, Value(timedelta(days=rules.meeting.days.value)))
        extended = GreaterThan(stopped, F("extended_to"))
        late = Q(extended_to__isnull=True) & Q(by_rule) | Q(extended_to__isnull=False) & Q(extended)
        found |= Q(rulebook=edition) & late
    out = Decision.objects.filter(case=OuterRef("pk"), issued_at__isnull=False)
    return Q(clock_stopped_at__isnull=False) & ~Q(state=State.WITHDRAWN.value) & Q(Exists(out)) & found


def _condition(now: datetime) -> Q:
    """Of approvals: the day of a condition of the newest decision has passed."""
    day = local_day(now, settings.TIME_ZONE)
    later = Decision.objects.filter(
        case=OuterRef("decision__case"), issued_at__isnull=False, number__gt=OuterRef("decision__number")
    )
    passed = Condition.objects.filter(~Exists(later), due__lt=day, decision__issued_at__isnull=False)
    return Q(state=State.APPROVED.value, pk__in=passed.values("decision__case"))


_CASES: dict[Duty, Callable[[datetime], Q]] = {
    Duty.DECIDE: _deciding,
    Duty.DECIDED_LATE: _decided_late,
    Duty.CONDITION: _condition,
}


def certified_owing(duty: Duty, now: datetime) -> QuerySet[Certificate]:
    """Certificates of which this is overdue, each on the day its scheme counts by; one query for the schemes."""
    found = Q(pk__in=[])
    for edition in schemes():
        day = local_day(now, load_scheme(edition).time_zone)
        late = _certificate_late(duty, day)
        found |= Q(verification__scheme=edition, expires_on__gte=day) & late
    return Certificate.objects.filter(found)


def _certificate_late(duty: Duty, day: date) -> Q:
    if duty is Duty.LOOK:
        return Q(state__in=LIVE, surveillance_due__lt=day)
    return Q(state=CertificateState.VALID.value, dcmm_expires__lt=day)
