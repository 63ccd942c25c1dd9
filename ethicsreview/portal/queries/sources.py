"""What each kind of search reads: whose rows, in which order, by which columns; rights are ``visible_to``'s alone."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Model, OuterRef, Q, QuerySet, Subquery
from django.db.models.expressions import BaseExpression
from django.utils.timezone import make_aware

from assessments.models import SelfAssessment
from ethicsreview.accounts.models import User
from ethicsreview.portal.domain.searches import APPLIES, Filter, Kind
from ethicsreview.portal.domain.searches import Value as FilterValue
from ethicsreview.portal.queries import texts
from ethicsreview.portal.queries.texts import Text
from workflows.models import Case, CaseReport, Certificate, Committee, Decision, Verification, VerificationReport

UNCOUNTED = frozenset({Filter.FROM, Filter.UNTIL})  # days are typed, not chosen from a list

Rows = QuerySet[Any]


Opened = Mapping[str, Q]


@dataclass(frozen=True)
class Source:
    """One table that answers for a kind.

    ``visible`` are the rows the person may read, ``shown`` adds what a line of the list tells of them. ``moment`` and
    ``ident`` are the keys of the list; ``day`` the moment that years and days are asked of. ``texts`` lists where
    words are sought, by the path that leads there; a path of ``many`` rows is looked up by index alone. ``columns``
    leads from a filter to what it is compared with.
    """

    kind: Kind
    model: type[Model]
    visible: Callable[[User, date], Rows]
    shown: Callable[[Rows, User, date], Rows]
    moment: str
    texts: Mapping[str, Text]
    columns: Mapping[Filter, str]
    day: str = ""
    ident: str = "pk"
    descending: bool = True
    many: frozenset[str] = frozenset()

    def matches(self, word: str, opened: Opened) -> list[Rows]:
        """Ids of the rows where the word is found, one query for each place; every one is served by an index.

        ``opened`` says of a path which of the rows it leads to the person may read.
        """
        return [
            self._rows(text.among(word, path) & opened.get(path, Q()) if path else text.holds(word))
            for path, text in self.texts.items()
        ]

    def reads(self, word: str, opened: Opened) -> Q:
        """The same rows, found by reading each; for words so common that the newest rows have them."""
        condition = Q()
        for path, text in self.texts.items():
            if path in self.many:
                condition |= Q(pk__in=self._rows(text.among(word, path) & opened.get(path, Q())))
            else:
                condition |= text.among(word, path) if path and text.small else Q(text.reads(word, path))
        return condition

    def _rows(self, condition: Q | BaseExpression) -> Rows:
        return self.model._default_manager.filter(condition).order_by().values("pk")

    def condition(self, name: Filter, value: FilterValue) -> Q:
        """What a filter asks of a row; what is overdue the rulebooks say, not a column."""
        match name, value:
            case Filter.YEAR, int():
                return Q(**{f"{self.day}__year": value})
            case Filter.FROM, date():
                return Q(**{f"{self.day}__gte": _midnight(value)})
            case Filter.UNTIL, date():
                return Q(**{f"{self.day}__lt": _midnight(value + timedelta(days=1))})
            case _:
                return Q(**{self.columns[name]: value}) if name in self.columns else Q(pk__in=[])

    @property
    def name(self) -> str:
        """Tells it from the others."""
        return self.model.__name__

    @property
    def facets(self) -> list[Filter]:
        """The filters whose values are counted."""
        return [name for name in Filter if name in APPLIES[self.kind] and name not in UNCOUNTED]


def _midnight(day: date) -> datetime:
    return make_aware(datetime.combine(day, time.min))


def opened_to(user: User, day: date) -> Opened:
    """Of an assessment's verifications those the person may read; certificates are in the public register."""
    mine = Q(verifications__in=Verification.objects.visible_to(user, day).values("pk"))
    return {"verifications": mine, "verifications__host": mine}


def _maturity(user: User, day: date) -> Rows:
    """Assessments of one's own enterprise, and those of verifications one may read, with the newest certificate."""
    newest = Certificate.objects.filter(verification__self_assessment=OuterRef("pk")).order_by("-pk")
    verified = Verification.objects.visible_to(user, day).values("self_assessment")
    own = SelfAssessment.objects.visible_to(user, day).values("pk")
    rows: Rows = SelfAssessment.objects.filter(Q(pk__in=own) | Q(pk__in=verified)).annotate(
        certificate_state=Subquery(newest.values("state")[:1]), certificate_tier=Subquery(newest.values("tier")[:1])
    )
    return rows


def _maturity_shown(rows: Rows, user: User, day: date) -> Rows:
    """With the newest verification the person may read, and with the certificate."""
    certificates = Certificate.objects.filter(verification__self_assessment=OuterRef("pk")).order_by("-pk")
    verified = Verification.objects.visible_to(user, day).filter(self_assessment=OuterRef("pk")).order_by("-pk")
    shown: Rows = rows.select_related("organisation").defer("organisation__logo")
    shown = shown.annotate(
        certificate_number=Subquery(certificates.values("number")[:1]),
        verification_id=Subquery(verified.values("pk")[:1]),
        verification_state=Subquery(verified.values("state")[:1]),
    )
    return shown


# what is large and never shown in a list
_LARGE = {"applicant": "logo", "host": "logo", "rulebook": "content", "document": "content"}


def _with(*paths: str) -> Callable[[Rows, User, date], Rows]:
    large = [f"{path}__{_LARGE[last]}" for path in paths if (last := path.rpartition("__")[2]) in _LARGE]
    return lambda rows, _user, _day: rows.select_related(*paths).defer(*large)


_CASE_COLUMNS = {
    Filter.PROCEDURE: "procedure",
    Filter.TIER: "tier",
    Filter.COMMITTEE: "committee",
    Filter.ORGANISATION: "applicant",
    Filter.PROVINCE: "committee__host__province",
    Filter.SECTOR: "committee__host__sector",
}
_CASE_TEXTS = {"": texts.CASE, "applicant": texts.ORGANISATION, "committee": texts.COMMITTEE}
_CASE_TEXTS["committee__host"] = texts.ORGANISATION


def _under(path: str, columns: Mapping[Any, Any]) -> dict[Any, Any]:
    """The same names one step further away: of keys where they are paths, else of values."""
    if all(isinstance(name, Filter) for name in columns):
        return {name: f"{path}__{column}" for name, column in columns.items()}
    return {f"{path}__{name}" if name else path: text for name, text in columns.items()}


SOURCES: tuple[Source, ...] = (
    Source(
        kind=Kind.CASES,
        model=Case,
        visible=lambda user, day: Case.objects.visible_to(user, day),
        shown=_with("committee", "applicant", "rulebook"),
        moment="changed_at",
        day="submitted_at",
        texts=_CASE_TEXTS,
        columns={Filter.STATE: "state", **_CASE_COLUMNS},
    ),
    Source(
        kind=Kind.COMMITTEES,
        model=Committee,
        visible=lambda _user, _day: Committee.objects.all(),  # public among those signed in
        shown=_with("host"),
        moment="code",
        descending=False,
        texts={"": texts.COMMITTEE, "host": texts.ORGANISATION},
        columns={Filter.ORGANISATION: "host", Filter.PROVINCE: "host__province", Filter.SECTOR: "host__sector"},
    ),
    Source(
        kind=Kind.DECISIONS,
        model=Decision,
        visible=lambda user, day: Decision.objects.visible_to(user, day),
        shown=_with("case__committee", "case__applicant", "case__rulebook"),
        moment="issued_at",
        day="issued_at",
        texts={"": texts.DECISION, **_under("case", _CASE_TEXTS)},
        columns={Filter.DECISION: "kind", **_under("case", _CASE_COLUMNS)},
    ),
    Source(
        kind=Kind.MATURITY,
        model=SelfAssessment,
        visible=_maturity,
        shown=_maturity_shown,
        moment="changed_at",
        day="created_at",
        texts={
            "": texts.SELF_ASSESSMENT,
            "organisation": texts.ORGANISATION,
            "verifications": texts.VERIFICATION,
            "verifications__certificate": texts.CERTIFICATE,
            "verifications__host": texts.ORGANISATION,
        },
        many=frozenset({"verifications", "verifications__certificate", "verifications__host"}),
        columns={
            Filter.STATE: "certificate_state",
            Filter.TIER: "certificate_tier",
            Filter.ORGANISATION: "organisation",
            Filter.PROVINCE: "organisation__province",
            Filter.SECTOR: "sector",
        },
    ),
    Source(
        kind=Kind.REPORTS,
        model=CaseReport,
        visible=lambda user, day: CaseReport.objects.visible_to(user, day).filter(document__isnull=False),
        shown=_with("document", "decision__case__committee"),
        moment="document__signed_at",
        day="document__signed_at",
        ident="document_id",
        texts={"document": texts.DOCUMENT, **_under("decision__case", _CASE_TEXTS)},
        columns={
            Filter.DOCUMENT: "document__kind",
            Filter.LANGUAGE: "language",
            Filter.COMMITTEE: "decision__case__committee",
            Filter.ORGANISATION: "decision__case__applicant",
            Filter.PROVINCE: "decision__case__committee__host__province",
            Filter.SECTOR: "decision__case__committee__host__sector",
        },
    ),
    Source(
        kind=Kind.REPORTS,
        model=VerificationReport,
        visible=lambda user, day: VerificationReport.objects.visible_to(user, day).filter(document__isnull=False),
        shown=_with("document", "verification__self_assessment"),
        moment="document__signed_at",
        day="document__signed_at",
        ident="document_id",
        texts={
            "document": texts.DOCUMENT,
            "verification": texts.VERIFICATION,
            "verification__certificate": texts.CERTIFICATE,
            "verification__host": texts.ORGANISATION,
            "verification__self_assessment": texts.SELF_ASSESSMENT,
            "verification__self_assessment__organisation": texts.ORGANISATION,
        },
        columns={
            Filter.DOCUMENT: "document__kind",
            Filter.LANGUAGE: "language",
            Filter.ORGANISATION: "verification__self_assessment__organisation",
            Filter.PROVINCE: "verification__self_assessment__organisation__province",
            Filter.SECTOR: "verification__self_assessment__sector",
        },
    ),
)


def sources_of(kind: Kind) -> tuple[Source, ...]:
    """The tables that answer for a kind."""
    return tuple(source for source in SOURCES if source.kind is kind)
