"""One case as an authority reads it: each page shows one part, and is one event in the chain of the host."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, get_language_info, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from ethicsreview.accounts.queries import office_over
from ethicsreview.documents.views import signed_response
from ethicsreview.files.models import FileVersion
from ethicsreview.files.queries import FileLost
from ethicsreview.files.views import attachment_response, page_response
from ethicsreview.portal.queries.oversight import overseen_report, reports_of
from ethicsreview.portal.views import regulator_doors as doors
from ethicsreview.portal.views.regulator_doors import CaseReading
from workflows.actions.oversight import record_report_download
from workflows.domain.oversight import Part
from workflows.domain.states import ReportKind, State
from workflows.models import Application, Case, CaseReport, Minutes
from workflows.queries.applying import readable_version
from workflows.queries.folders import Folder
from workflows.queries.minutes import approved_minutes
from workflows.views import case_parts
from workflows.views.comparison_page import comparison_context
from workflows.views.doors import desk_day
from workflows.views.hub import AWAITS
from workflows.views.minutes import in_words
from workflows.views.pieces import clocks, status, steps
from workflows.views.places import Places
from workflows.views.reading import reading
from workflows.views.rulings import ruling
from workflows.views.table import results_of
from workflows.wording import PARTS, REPORT_KINDS

Row = dict[str, Any]
_PAGES = (  # the parts that have a page of their own, in the order of the tabs
    (Part.FACTS, "portal:regulator-case"),
    (Part.APPLICATION, "portal:regulator-application"),
    (Part.RATINGS, "portal:regulator-ratings"),
    (Part.VOTES, "portal:regulator-votes"),
    (Part.MINUTES, "portal:regulator-minutes"),
)


def _head(read: CaseReading, part: Part) -> Row:
    """What the head of every page of the case needs."""
    case = read.case
    trail = () if part is Part.FACTS else ({"label": PARTS[part]},)
    return {
        "case": case,
        "part": PARTS[part],
        "status": status(case),
        "awaits": AWAITS[State(case.state)],
        "breadcrumb": doors.case_crumbs(case, *trail),
        "tabs": [
            {"label": PARTS[one], "url": reverse(route, args=[case.reference]), "current": one is part}
            for one, route in _PAGES
            if one in read.parts
        ],
    }


def _places(case: Case) -> Places:
    return Places(
        str(case.reference),
        comparison="portal:regulator-ratings",
        file_download="portal:regulator-file",
        file_page="portal:regulator-file-page",
    )


@login_required
@require_safe
def overview(request: HttpRequest, reference: str) -> HttpResponse:
    """Facts, procedure and clocks from acceptance on; the decisions and their documents once they are out."""
    read = doors.open_case(request, reference)
    if read.is_party:
        return redirect("workflows:case", read.case.pk)
    read.note(Part.FACTS)
    folder, decided = read.folder, Part.REPORTS in read.parts
    context = {
        **_head(read, Part.FACTS),
        "steps": steps(folder),
        "clocks": clocks(folder),
        "notices": case_parts.notices(folder, desk=False),
        "facts": case_parts.facts(folder, desk=False),
        "rules": _rules(folder),
        "people": case_parts.seated(folder),
        "events": case_parts.events(folder, desk=False),
        "decisions": [ruling(folder, row) for row in reversed(folder.issued)],
        "reports": [_report(row) for row in _reports(read)] if decided else [],
    }
    return render(request, "portal/regulator_case.html", context)


def _reports(read: CaseReading) -> list[CaseReport]:
    return reports_of(read.case, read.folder.user, desk_day(read.folder.now))


def _rules(folder: Folder) -> list[Row]:
    """What the rulebook asks of the committee in this case, each with its article."""
    language, rules = get_language() or "en", folder.rules
    meeting, reviewers = rules.meeting, rules.review.min_reviewers
    share = _("at least %(share)s") if meeting.inclusive.value else _("more than %(share)s")
    rate = ngettext(
        "At least %(count)s reviewer rates the case", "At least %(count)s reviewers rate the case", reviewers.value
    )
    lines = [
        (rate % {"count": reviewers.value}, reviewers.citation),
        (
            _("A quorum of %(count)s free to vote on the case") % {"count": meeting.quorum.value},
            meeting.quorum.citation,
        ),
        (
            _("Carried by %(share)s in favour") % {"share": share % {"share": str(meeting.threshold.value)}},
            meeting.threshold.citation,
        ),
        (_("Decided within %(days)s calendar days") % {"days": meeting.days.value}, meeting.days.citation),
    ]
    return [{"text": text, "article": citation.in_(language)} for text, citation in lines]


def _report(row: CaseReport) -> Row:
    return {
        "kind": REPORT_KINDS[ReportKind(row.kind)],
        "about": _("Decision %(number)s") % {"number": row.decision.number},
        "language": get_language_info(row.language)["name_local"],
        "language_code": "zh-Hans" if row.language.startswith("zh") else row.language,
        "document": row.document,
        "url": reverse("portal:regulator-report", args=[row.pk]),
    }


@login_required
@require_safe
def application(request: HttpRequest, reference: str) -> HttpResponse:
    """The application as it was decided on, or with ``?version=`` an earlier version that was handed in."""
    read = doors.open_case(request, reference)
    if Part.APPLICATION not in read.parts:
        raise Http404
    shown = read.overseen.applications
    version = _version(shown, request.GET.get("version", ""))
    read.note(Part.APPLICATION, version=version.number)
    address = reverse("portal:regulator-application", args=[reference])
    context = {
        **_head(read, Part.APPLICATION),
        "version": version,
        "parts": reading(read.overseen, version, places=_places(read.case)),
        "versions": [
            {
                "label": _("Version %(number)s") % {"number": row.number},
                "url": f"{address}?version={row.number}",
                "current": row == version,
            }
            for row in shown
        ],
    }
    return render(request, "portal/regulator_application.html", context)


def _version(shown: list[Application], asked: str) -> Application:
    """The version asked for, else the newest one."""
    if not asked:
        return shown[-1]
    found = next((row for row in shown if str(row.number) == asked), None)
    if found is None:
        raise Http404
    return found


@login_required
@require_safe
def ratings(request: HttpRequest, reference: str) -> HttpResponse:
    """The profile and every reviewer's ratings, as they stood when the decision was issued."""
    read = doors.open_case(request, reference)
    read.note(Part.RATINGS)
    found = comparison_context(read.overseen, request.GET.get("show", ""), _places(read.case))
    indicators = {"indicators": found["tabs"]}
    context = {**found, **indicators, **_head(read, Part.RATINGS)}
    return render(request, "portal/regulator_ratings.html", context)


@login_required
@require_safe
def votes(request: HttpRequest, reference: str) -> HttpResponse:
    """Every motion closed by the time of the decision, lost ones and dissents too."""
    read = doors.open_case(request, reference)
    read.note(Part.VOTES)
    folder = read.overseen
    sittings = [
        {"meeting": item.meeting, "results": results_of(folder, folder, item.pk)} for item in reversed(folder.agenda)
    ]
    context = {**_head(read, Part.VOTES), "sittings": [row for row in sittings if row["results"]]}
    return render(request, "portal/regulator_votes.html", context)


@login_required
@require_safe
def minutes(request: HttpRequest, reference: str) -> HttpResponse:
    """The approved minutes of the meetings that dealt with the case, as far as they are about it."""
    read = doors.open_case(request, reference)
    read.note(Part.MINUTES)
    context = {
        **_head(read, Part.MINUTES),
        "sittings": [_sitting(read, row) for row in approved_minutes(read.overseen.agenda, read.overseen.issued_at)],
    }
    return render(request, "portal/regulator_minutes.html", context)


def _sitting(read: CaseReading, row: Minutes) -> Row:
    """Minutes for one reader: of items on other cases nothing but their number, and no notes beside them."""
    record = in_words(row.record, {read.case.pk: read.overseen})
    alone = len(record["items"]) == 1
    return {
        "meeting": row.meeting,
        "approved_by": row.approved_by.name_in(get_language() or "en") if row.approved_by else "",
        "approved_at": row.approved_at,
        "digest": row.digest,
        "record": record,
        "notes": row.notes if alone else "",
        "withheld": bool(row.notes) and not alone,
    }


# -- documents --------------------------------------------------------------------------------------------------------


def _document(read: CaseReading, file_id: int, number: int) -> FileVersion:
    """A version that the decided application holds; else 404."""
    if Part.FILES not in read.parts:
        raise Http404
    version = readable_version(read.overseen, file_id, number)
    if version is None:
        raise Http404
    return version


@login_required
@require_safe
def file_download(request: HttpRequest, reference: str, file_id: int, number: int) -> HttpResponseBase:
    """One version of a document, as it was sent."""
    read = doors.open_case(request, reference)
    version = _document(read, file_id, number)
    try:
        response = attachment_response(version)
    except FileLost:
        return _lost(request, version)
    read.note(Part.FILES, file=file_id, version=number)
    return response


@login_required
@require_safe
def file_page(request: HttpRequest, reference: str, file_id: int, number: int, page: int) -> HttpResponseBase:
    """One page of a version as a picture."""
    read = doors.open_case(request, reference)
    version = _document(read, file_id, number)
    try:
        response = page_response(request, version, page)
    except FileLost:
        return _lost(request, version)
    read.note(Part.FILES, file=file_id, version=number, page=page)
    return response


def _lost(request: HttpRequest, version: FileVersion) -> HttpResponse:
    return render(request, "workflows/file_lost.html", {"version": version}, status=503)


@login_required
@require_safe
def report(request: HttpRequest, pk: int) -> HttpResponse:
    """A signed document of a case, to be saved."""
    user, now = doors.regulator(request), timezone.now()
    day = desk_day(now)
    row = overseen_report(pk, user, day)
    office = office_over(user, row.decision.case.committee.host_id, day) if row else None
    if row is None or row.document is None or office is None:
        raise Http404
    record_report_download(row, actor=user, office=office, now=now)
    return signed_response(row.document, str(row.decision.case.reference))
