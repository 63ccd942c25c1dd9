"""The public register of certificates and the public notices; nobody signs in here."""

from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from axes.helpers import get_client_ip_address
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language_info, pgettext
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from assessments.domain.staged import StagedInstrument
from assessments.queries import load_staged
from ethicsreview.documents.models import SignedDocument
from workflows.actions.verifications import file_objection
from workflows.domain.clock import local_day
from workflows.domain.gapcodes import Refused
from workflows.domain.verification_states import VReportKind, VState
from workflows.forms.verifications import NumberForm, ObjectionForm, RegisterForm
from workflows.models import Certificate, Verification
from workflows.queries.certificate_words import event_words, proof_words, standing_of
from workflows.queries.objections import PERIOD, objects_too_often
from workflows.queries.rulebooks import load_scheme
from workflows.queries.verification_pages import certificate_by_number, codes_of, noticed
from workflows.queries.verifications import CertificatePage, RegisterFilters, notices_running, register_page
from workflows.views.doors import desk_day, status_of
from workflows.views.register_tabs import register_tabs
from workflows.views.verification_doors import needed_by, typed
from workflows.views.verification_pieces import clock_between, language, level_name, status, tier_name


@require_safe
def register(request: HttpRequest) -> HttpResponse:
    """The certificates valid today, newest first, with shareable filters."""
    now = timezone.now()
    form = RegisterForm(request.GET)
    filters = _filters(form) if form.is_valid() else RegisterFilters()
    marks = {"older": request.GET.get("older", ""), "newer": request.GET.get("newer", "")}
    page = register_page(desk_day(now), filters, **marks)
    context = {
        "form": form,
        "number_form": NumberForm(),
        "rows": _listed(page.rows),
        "page": _pages(request, page),
        "tabs": _tabs(request, page, filters),
        "filters": _chips(request, form) if form.is_valid() else [],
        "clear_url": request.path,
        "invalid": not form.is_valid(),
        "registers": register_tabs("workflows:register", notices=len(notices_running(now))),
    }
    return render(request, "workflows/register.html", context, status=200 if form.is_valid() else 400)


def _filters(form: RegisterForm) -> RegisterFilters:
    return RegisterFilters(text=form.cleaned_data["text"].strip(), tier=form.cleaned_data["tier"])


def _address(request: HttpRequest, leave: set[str], **more: str) -> str:
    kept = {key: value for key, value in request.GET.items() if key not in leave and value}
    words = urlencode({**kept, **more})
    return f"{request.path}?{words}" if words else request.path


def _pages(request: HttpRequest, page: CertificatePage) -> dict[str, Any]:
    marks = {"older", "newer"}
    return {
        "total": page.total,
        "previous_url": _address(request, marks, newer=page.newer) if page.newer else "",
        "next_url": _address(request, marks, older=page.older) if page.older else "",
    }


def _tabs(request: HttpRequest, page: CertificatePage, filters: RegisterFilters) -> list[dict[str, Any]]:
    """Every tier that is held, with how many, as links that keep the words sought."""
    marks = {"older", "newer", "tier"}
    everything = {
        "label": _("All"),
        "url": _address(request, marks),
        "current": not filters.tier,
        "count": sum(page.tiers.values()),
    }
    return [everything] + [
        {
            "label": _("Tier %(tier)s") % {"tier": tier},
            "url": _address(request, marks, tier=str(tier)),
            "current": filters.tier == tier,
            "count": count,
        }
        for tier, count in page.tiers.items()
    ]


def _chips(request: HttpRequest, form: RegisterForm) -> list[dict[str, Any]]:
    words = {"text": (_("Name or number"), form.cleaned_data["text"]), "tier": (_("Tier"), form.cleaned_data["tier"])}
    marks = {"older", "newer"}
    return [
        {"label": label, "value": value, "remove_url": _address(request, {*marks, key})}
        for key, (label, value) in words.items()
        if value
    ]


def _instrument(verification: Verification) -> StagedInstrument:
    return load_staged(verification.self_assessment.assessment.instrument_version)


def _listed(rows: list[Certificate]) -> list[dict[str, Any]]:
    codes = codes_of(rows, VReportKind.CERTIFICATE.value)
    return [
        {
            "number": row.number,
            "url": reverse("workflows:register-certificate", args=[row.number]),
            "legal_entity": row.legal_entity,
            "scope": row.scope,
            "tier": row.tier,
            "tier_name": tier_name(_instrument(row.verification), row.tier),
            "issued_on": row.issued_on,
            "expires_on": row.expires_on,
            "body": row.host.name_in(language()),
            "code": _code(codes.get(row.verification_id, [])),
        }
        for row in rows
    ]


def _code(found: list[tuple[str, str]]) -> str:
    """The code of the document in the reader's language, else of another one; empty while none is signed."""
    ours = [code for tongue, code in found if language().startswith(tongue[:2])]
    return next(iter([*ours, *(code for _tongue, code in found)]), "")


# -- one certificate --------------------------------------------------------------------------------------------------


@require_safe
def register_number(request: HttpRequest) -> HttpResponse:
    """Asked for a number: to its page."""
    form = NumberForm(request.GET)
    if not form.is_valid():
        return redirect("workflows:register")
    number = form.cleaned_data["number"].strip()
    if "/" in number:  # no address of a number holds one
        return register_certificate(request, number)
    return redirect("workflows:register-certificate", number)


@never_cache
@require_safe
def register_certificate(request: HttpRequest, number: str) -> HttpResponse:
    """One certificate, whatever became of it; a number nothing was issued under says so."""
    certificate = certificate_by_number(number)
    if certificate is None:
        context = {"number": number, "number_form": NumberForm()}
        return render(request, "workflows/register_unknown.html", context, status=404)
    day = desk_day(timezone.now())
    instrument = _instrument(certificate.verification)
    context = {
        "certificate": certificate,
        "standing": standing_of(certificate, day),
        "facts": _certificate_facts(certificate, instrument),
        "documents": [_document(document) for document in _signed(certificate)],
        "events": [event_words(event) for event in certificate.events.all()],
        "notice": instrument.notice.in_(language()),
        "breadcrumb": [
            {"label": _("Register of certificates"), "url": reverse("workflows:register")},
            {"label": certificate.number},
        ],
    }
    return render(request, "workflows/register_certificate.html", context)


def _certificate_facts(certificate: Certificate, instrument: StagedInstrument) -> list[dict[str, Any]]:
    rows = [
        {"label": pgettext("certificate", "Number"), "value": certificate.number},
        {"label": _("Legal entity"), "value": certificate.legal_entity},
        {"label": pgettext("maturity", "Scope"), "value": certificate.scope},
        {
            "label": pgettext("maturity", "Tier"),
            "value": f"{certificate.tier} · {tier_name(instrument, certificate.tier)}",
            "note": f"{instrument.title.in_(language())} v{instrument.version}",
        },
        {"label": _("Valid from"), "value": date_format(certificate.issued_on)},
        {"label": _("Valid until"), "value": date_format(certificate.expires_on)},
        {"label": _("Certified by"), "value": certificate.host.name_in(language())},
    ]
    if certificate.dcmm_level:
        level, how = level_name(instrument, certificate.dcmm_level), proof_words(certificate.dcmm_source)
        rows.append({"label": _("DCMM level"), "value": level, "note": how})
    return rows


def _document(document: SignedDocument) -> dict[str, Any]:
    code = document.language
    return {
        "code": document.code,
        "language": get_language_info("zh-hans" if code.startswith("zh") else code)["name_local"],
        "language_code": "zh-Hans" if code.startswith("zh") else code,
        "signed_at": document.signed_at,
    }


def _signed(certificate: Certificate) -> list[SignedDocument]:
    """The signed certificates, the reader's language first."""
    reports = certificate.verification.reports.all()
    found = [report for report in reports if report.kind == VReportKind.CERTIFICATE.value and report.document]
    found.sort(key=lambda report: (not language().startswith(report.language[:2]), report.language))
    return [report.document for report in found if report.document]


# -- public notices ---------------------------------------------------------------------------------------------------


@require_safe
def notices(request: HttpRequest) -> HttpResponse:
    """Every recommendation somebody may object to today."""
    context = {
        "registers": register_tabs("workflows:register-notices"),
        "rows": [
            {
                "url": reverse("workflows:register-notice", args=[row.reference]),
                "reference": row.reference,
                "legal_entity": row.self_assessment.legal_entity,
                "scope": row.self_assessment.scope,
                "tier": row.recommended_tier,
                "tier_name": tier_name(_instrument(row), row.recommended_tier),
                "until": row.notice_until,
            }
            for row in notices_running(timezone.now())
        ],
        "breadcrumb": [
            {"label": _("Register of certificates"), "url": reverse("workflows:register")},
            {"label": _("Public notices")},
        ],
    }
    return render(request, "workflows/register_notices.html", context)


@never_cache
@require_http_methods(["GET", "POST"])
def notice(request: HttpRequest, reference: str) -> HttpResponse:
    """One notice, with the form to object while it runs; afterwards the result alone."""
    now = timezone.now()
    verification = noticed(reference)
    if verification is None:
        raise Http404
    form = ObjectionForm(typed(request))
    code = 200
    needed: list[dict[str, str]] = []
    if request.method == "POST":
        if objects_too_often(get_client_ip_address(request)):
            return render(request, "workflows/register_later.html", {"minutes": PERIOD // 60}, status=429)
        code, needed = _object(verification, form)
        if code == 200:
            return redirect(f"{request.path}?kept=1")
    context = {**_notice_page(verification, now, kept="kept" in request.GET), "form": form, "needed": needed}
    return render(request, "workflows/register_notice.html", context, status=code)


def _object(verification: Verification, form: ObjectionForm) -> tuple[int, list[dict[str, str]]]:
    """200 when the objection is filed; what stands in the way otherwise."""
    if not form.is_valid():
        return 422, []
    try:
        file_objection(verification.pk, **form.cleaned_data, language=_tongue(), now=timezone.now())
    except Refused as refused:
        return status_of(refused), needed_by(load_scheme(verification.scheme), refused.gaps)
    return 200, []


def _tongue() -> str:
    """The language the page is read in, as it is stored."""
    return "zh-hans" if language().startswith("zh") else "en"


def _notice_page(verification: Verification, now: datetime, *, kept: bool) -> dict[str, Any]:
    scheme, instrument = load_scheme(verification.scheme), _instrument(verification)
    day = local_day(now, scheme.time_zone)
    until = verification.notice_until or day
    running = verification.state == VState.NOTICE.value and day <= until
    since = verification.notice_from or day
    tier = instrument.tier(verification.recommended_tier or 0)
    return {
        "title": verification.self_assessment.legal_entity,
        "legal_entity": verification.self_assessment.legal_entity,
        "reference": verification.reference,
        "status": status(verification),
        "running": running,
        "kept": kept and running,
        "until": until,
        "facts": _noticed_facts(verification, instrument),
        "clock": {**clock_between(since, until, day, running=True), "label": _("Public notice")} if running else None,
        "article": scheme.notice_days.citation.in_(language()),
        "meaning": tier.meaning.in_(language()) if tier else "",
        "notice": instrument.notice.in_(language()),
        "breadcrumb": [
            {"label": _("Register of certificates"), "url": reverse("workflows:register")},
            {"label": _("Public notices"), "url": reverse("workflows:register-notices")},
            {"label": verification.reference},
        ],
    }


def _noticed_facts(verification: Verification, instrument: StagedInstrument) -> list[dict[str, Any]]:
    """Who, what for and which tier; once decided what was decided, and nothing else of the procedure."""
    tier = verification.recommended_tier or 0
    rows: list[dict[str, Any]] = [
        {"label": _("Legal entity"), "value": verification.self_assessment.legal_entity},
        {"label": pgettext("maturity", "Scope"), "value": verification.self_assessment.scope},
        {"label": _("Body that verifies"), "value": verification.host.name_in(language())},
        {"label": _("Instrument"), "value": instrument.title.in_(language()), "note": f"v{instrument.version}"},
        {"label": _("Recommended tier"), "value": f"{tier} · {tier_name(instrument, tier)}"},
    ]
    if verification.notice_from and verification.notice_until:
        first, last = date_format(verification.notice_from), date_format(verification.notice_until)
        rows.append({"label": _("Public notice"), "value": f"{first} – {last}"})
    certificate = getattr(verification, "certificate", None)
    if certificate is not None:
        url = reverse("workflows:register-certificate", args=[certificate.number])
        rows.append({"label": _("Certificate"), "value": certificate.number, "url": url})
    elif verification.state == VState.REFUSED.value:
        rows.append({"label": _("Decision"), "value": _("No certificate was issued.")})
    return rows
