"""What narrows an authority's lists beside the state: the same conditions that its figures are counted by."""

from collections.abc import Callable, Mapping
from datetime import date, datetime

from django.db.models import Q, QuerySet

from ethicsreview.portal.domain.figures import ON_CASES, ON_CERTIFICATES, Duty, quarter_days
from ethicsreview.portal.models import WeakSpot
from ethicsreview.portal.queries.counting import lacking
from ethicsreview.portal.queries.duties import certified_owing, ended_within, owing
from workflows.domain.gapcodes import GapCode
from workflows.models import Case, Certificate, Committee, Verification

NOWHERE = "-"  # in an address, a sector or a province that nobody has named
Asked = Mapping[str, str]


def _digits(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 10


def _text(text: str) -> bool:
    return len(text) <= 60 and text.isprintable()


CASE_FILTERS: dict[str, Callable[[str], bool]] = {
    "duty": lambda text: text in ON_CASES,
    "quarter": lambda text: quarter_days(text) is not None,
    "instrument": _digits,
    "spot": _text,
}
VERIFICATION_FILTERS: dict[str, Callable[[str], bool]] = {
    "duty": lambda text: text in ON_CERTIFICATES,
    "valid": lambda text: text == "on",
    "instrument": _digits,
    "tier": _digits,
    "sector": _text,
    "province": _text,
}
COMMITTEE_FILTERS: dict[str, Callable[[str], bool]] = {
    "lacks": lambda text: text == "any" or text in set(GapCode),
    "rulebook": _text,
}


def narrowed_cases(rows: QuerySet[Case], asked: Asked, now: datetime) -> QuerySet[Case]:
    """The cases that meet every filter asked for."""
    condition = Q()
    if "duty" in asked:
        condition &= owing(Duty(asked["duty"]), now)
    if days := quarter_days(asked.get("quarter", "")):
        condition &= ended_within(*days)
    if "spot" in asked:
        spots = WeakSpot.objects.filter(Q(item=asked["spot"]) | Q(point=asked["spot"]))
        if "instrument" in asked:
            spots = spots.filter(instrument=int(asked["instrument"]))
        condition &= Q(pk__in=spots.values("case"))
    return rows.filter(condition)


_OF_CERTIFICATE = {
    "instrument": "verification__self_assessment__assessment__instrument_version",
    "tier": "tier",
    "sector": "verification__self_assessment__sector",
    "province": "verification__self_assessment__organisation__province",
}


def narrowed_verifications(
    rows: QuerySet[Verification], asked: Asked, now: datetime, day: date
) -> QuerySet[Verification]:
    """The verifications whose certificate meets every filter asked for."""
    if not asked:
        return rows
    held = certified_owing(Duty(asked["duty"]), now) if "duty" in asked else Certificate.objects.all()
    if "valid" in asked:
        held = held.filter(pk__in=Certificate.objects.valid_on(day).values("pk"))
    meant = {
        path: "" if asked[name] == NOWHERE else asked[name] for name, path in _OF_CERTIFICATE.items() if name in asked
    }
    return rows.filter(pk__in=held.filter(**meant).values("verification"))


def narrowed_committees(rows: QuerySet[Committee], asked: Asked, day: date) -> QuerySet[Committee]:
    """The committees that lack what is asked for; their seats are read for it, three queries."""
    if not asked:
        return rows
    if "rulebook" in asked:
        rows = rows.filter(rulebook_slug=asked["rulebook"])
    if "lacks" not in asked:
        return rows
    code = asked["lacks"]
    found = lacking(rows, day)
    short = [pk for pk, (_slug, gaps) in found.items() if any(code in ("any", gap.code) for gap in gaps)]
    return rows.filter(pk__in=short)
