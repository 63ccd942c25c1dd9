"""The lines of a search: what is told of each thing found, with the words sought marked, and where it is read."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from assessments.models import SelfAssessment
from ethicsreview.accounts.models import User
from ethicsreview.portal.domain.marking import excerpt, folded, marked
from ethicsreview.portal.domain.searches import Kind, Search
from ethicsreview.portal.views.search_words import decision_words
from ethicsreview.portal.wording import DOCUMENTS, MOMENTS
from workflows.domain.verification_states import CertificateState, VState
from workflows.models import Case, CaseReport, Committee, Decision, Verification, VerificationReport
from workflows.queries.deadlines import clock_of
from workflows.views.pieces import status
from workflows.wording import CERTIFICATE_STATES, V_STATES

Row = dict[str, Any]

_TONES = {CertificateState.VALID: "good", CertificateState.SUSPENDED: "warn", CertificateState.WITHDRAWN: "bad"}


class Lines:
    """Makes the lines of one page; what a regulator has no part in leads to the regulator's desk."""

    def __init__(self, search: Search, found: Sequence[Any], *, user: User, day: date, now: datetime) -> None:
        self.kind, self.words, self.now = search.kind, search.words, now
        self.language = get_language() or "en"
        self.decisions = decision_words(self.language) if search.kind is Kind.DECISIONS else {}
        self.cases, self.verifications = _outside(found, user, day) if user.regulates else (set(), set())
        self.rows = [self._row(one) for one in found]

    def _row(self, one: Any) -> Row:
        shapes: dict[type, Callable[[Any], Row]] = {
            Case: self._case,
            Committee: self._committee,
            Decision: self._decision,
            SelfAssessment: self._maturity,
            CaseReport: self._report,
            VerificationReport: self._verification_report,
        }
        row = shapes[type(one)](one)
        row["said"] = MOMENTS.get(self.kind, "")
        row["title"] = marked(row["title"], self.words)
        row["line"] = [marked(str(part), self.words) for part in row["line"] if part]
        row["excerpt"] = marked(row["excerpt"], self.words) if row.get("excerpt") else ()
        return row

    def _case(self, case: Case) -> Row:
        clock = clock_of(case, self.now)
        running = clock is not None and clock.running
        return {
            "url": self._case_url(case),
            "title": case.title or _("Untitled application"),
            "line": [case.reference, case.committee.name_in(self.language), case.applicant.name_in(self.language)],
            "status": status(case),
            "due": clock.last_day if clock is not None and running else None,
            "late": clock is not None and running and clock.overdue,
            "moment": case.changed_at,
        }

    def _committee(self, committee: Committee) -> Row:
        return {
            "url": reverse("workflows:committee", args=[committee.pk]),
            "title": committee.name_in(self.language),
            "line": [committee.code, self._other_name(committee), committee.host.name_in(self.language)],
        }

    def _decision(self, decision: Decision) -> Row:
        case = decision.case
        return {
            "url": self._case_url(case),
            "title": case.title or _("Untitled application"),
            "line": [case.reference, case.committee.name_in(self.language), case.applicant.name_in(self.language)],
            "excerpt": self._passage(decision),
            "status": {"label": self.decisions.get(decision.kind, decision.kind), "tone": "plain"},
            "moment": decision.issued_at,
        }

    def _maturity(self, row: Any) -> Row:
        """``row`` comes with its newest certificate and verification, see ``sources``."""
        tier = _("Tier %(tier)s") % {"tier": row.certificate_tier} if row.certificate_tier else ""
        number = row.certificate_number or ""
        return {
            "url": self._maturity_url(row),
            "title": row.legal_entity,
            "line": [row.reference, number, tier, excerpt(row.scope, self.words)],
            "status": _standing(row),
            "moment": row.changed_at,
        }

    def _report(self, report: CaseReport) -> Row:
        case = report.decision.case
        if case.pk in self.cases:
            url = reverse("portal:regulator-report", args=[report.pk])
        else:
            url = reverse("workflows:report-download", args=[report.pk])
        return self._document(report, url, case.reference, case.title, case.committee.name_in(self.language))

    def _verification_report(self, report: VerificationReport) -> Row:
        row = report.verification
        if row.pk in self.verifications:
            url = reverse("portal:regulator-verification-report", args=[report.pk])
        else:
            url = reverse("workflows:verification-report-download", args=[report.pk])
        return self._document(report, url, row.reference, row.self_assessment.legal_entity)

    def _document(self, report: Any, url: str, reference: str | None, title: str, *more: str) -> Row:
        document = report.document
        sort = DOCUMENTS.get(document.kind, document.kind)
        return {
            "url": url,
            "title": title or _("Untitled application"),
            "line": [reference, *more, document.code],
            "status": {"label": f"{sort} · {_tongue(report.language)}", "tone": "plain"},
            "moment": document.signed_at,
            "download": True,
        }

    def _other_name(self, committee: Committee) -> str:
        """The name in the other language, where a word was found in that one alone."""
        shown = committee.name_in(self.language)
        other = committee.name if shown == committee.name_zh else committee.name_zh
        return other if any(folded(word) in folded(other) for word in self.words) else ""

    def _passage(self, decision: Decision) -> str:
        """The text of the decision in which the first word stands, else the reasons in the reader's language."""
        texts = [decision.reasons_en, decision.requirements_en, decision.scope_en]
        chinese = [decision.reasons_zh, decision.requirements_zh, decision.scope_zh]
        texts = [*chinese, *texts] if self.language.startswith("zh") else [*texts, *chinese]
        given = [text for text in texts if text]
        found = (text for text in given for word in self.words if folded(word) in folded(text))
        return excerpt(next(found, next(iter(given), "")), self.words)

    def _case_url(self, case: Case) -> str:
        if case.pk in self.cases:
            return reverse("portal:regulator-case", args=[case.reference])
        return reverse("workflows:case", args=[case.pk])

    def _maturity_url(self, row: Any) -> str:
        if row.verification_id in self.verifications:
            return reverse("portal:regulator-verification", args=[row.verification_id])
        if row.verification_id:
            return reverse("workflows:verification", args=[row.verification_id])
        return reverse("assessments:self-assessment", args=[row.pk])


def _standing(row: Any) -> Row:
    """The certificate's state, the verification's before there is one, else that the enterprise is at it alone."""
    if row.certificate_state:
        state = CertificateState(row.certificate_state)
        return {"label": CERTIFICATE_STATES[state], "tone": _TONES.get(state, "plain")}
    if row.verification_state:
        return {"label": V_STATES[VState(row.verification_state)], "tone": "active"}
    return {"label": pgettext("maturity", "Self-assessment"), "tone": "plain"}


def _outside(found: Sequence[Any], user: User, day: date) -> tuple[set[int], set[int]]:
    """Ids of the cases and of the verifications of the page that the person has no part in; one query for each."""
    cases = {pk for one in found if (pk := one.pk if isinstance(one, Case) else _case(one))}
    verifications = {pk for one in found if (pk := _verification(one))}
    own = Case.objects.party_to(user, day).filter(pk__in=cases).values_list("pk", flat=True)
    held = Verification.objects.party_to(user, day).filter(pk__in=verifications).values_list("pk", flat=True)
    return cases - {*own} if cases else set(), verifications - {*held} if verifications else set()


def _case(one: Any) -> int | None:
    if isinstance(one, Decision):
        return one.case_id
    return one.decision.case_id if isinstance(one, CaseReport) else None


def _verification(one: Any) -> int | None:
    if isinstance(one, SelfAssessment):
        found: int | None = one.verification_id  # type: ignore[attr-defined]  # annotated, see sources
        return found
    return one.verification_id if isinstance(one, VerificationReport) else None


def _tongue(code: str) -> str:
    return "中文" if code.startswith("zh") else "English"
