"""A certificate's life as insiders see it: surveillance, renewal of the DCMM certificate, withdrawal."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from django.views.decorators.http import require_GET, require_http_methods, require_safe

from ethicsreview.files.domain.kinds import BadFile
from ethicsreview.files.wording import reason
from workflows.actions import certificates as actions
from workflows.domain.certificate_table import (
    HAND_IN_DCMM,
    JUDGE_DCMM,
    SURVEIL,
    WITHDRAW_CERTIFICATE,
    CertificateStep,
    certificate_gaps,
)
from workflows.domain.gapcodes import Gap, Refused
from workflows.forms.verifications import JudgeRenewalForm, RenewalForm, SurveillanceForm, WhyForm
from workflows.models import DcmmRenewal
from workflows.queries.certificate_words import event_words, look_words, proof_words, standing_of
from workflows.queries.certificates import CertificateFolder
from workflows.views.doors import status_of
from workflows.views.sheets import download
from workflows.views.verification_doors import INVALID, Sheet, head, needed, open_verification, typed
from workflows.views.verification_hub import may_recuse
from workflows.views.verification_pieces import language, level_name, tier_name

Row = dict[str, Any]
_ENTRIES = (
    (
        HAND_IN_DCMM,
        "workflows:certificate-dcmm",
        gettext_lazy("Hand in a renewed DCMM certificate"),
        gettext_lazy("The tier rests on a DCMM level; once its certificate has lapsed this one is suspended."),
    ),
    (
        JUDGE_DCMM,
        "workflows:certificate-dcmm-judge",
        gettext_lazy("Judge the renewed DCMM certificate"),
        gettext_lazy("Taken, the tier rests on it from now on."),
    ),
    (
        SURVEIL,
        "workflows:certificate-surveillance",
        gettext_lazy("Record the surveillance"),
        gettext_lazy("The yearly look: the tier holds, or the certificate is suspended. It cannot raise a tier."),
    ),
    (
        WITHDRAW_CERTIFICATE,
        "workflows:certificate-withdraw",
        gettext_lazy("Withdraw the certificate"),
        gettext_lazy("For good, with reasons; the public register says so at once."),
    ),
)


def _held(request: HttpRequest, pk: int) -> CertificateFolder:
    """The certificate of a verification this person may read, or 404."""
    folder = open_verification(request, pk)
    if folder.certificate is None:
        raise Http404
    return CertificateFolder(folder.certificate, folder)


@login_required
@require_safe
def certificate(request: HttpRequest, pk: int) -> HttpResponse:
    """What the certificate is worth, what happened to it, and what can be done."""
    held = _held(request, pk)
    row = held.certificate
    context = {
        **head(held.folder, _("Certificate %(number)s") % {"number": row.number}),
        "standing": standing_of(row, held.day),
        "look": look_words(row, held.day),
        "due": row.surveillance_due,
        "facts": _facts(held),
        "events": _events(held),
        "entries": [_entry(held, *entry) for entry in _ENTRIES if _is_open(held, entry[0])],
        "waiting": _renewal_words(held, held.waiting) if held.waiting else [],
        "reading": [
            {
                "label": _("In the public register"),
                "url": reverse("workflows:register-certificate", args=[row.number]),
            },
            {"label": _("Signed documents"), "url": reverse("workflows:verification-reports", args=[pk])},
        ],
        "recusable": may_recuse(held.folder),
    }
    return render(request, "workflows/verification_certificate.html", context)


def _is_open(held: CertificateFolder, step: CertificateStep) -> bool:
    return not certificate_gaps(step, replace(held.facts, reasons=True, counts=True))


def _entry(held: CertificateFolder, _step: CertificateStep, route: str, label: Any, what: Any) -> Row:
    return {"label": label, "what": what, "url": reverse(route, args=[held.folder.verification.pk])}


def _facts(held: CertificateFolder) -> list[Row]:
    row, instrument = held.certificate, held.folder.instrument
    facts: list[Row] = [
        {"label": _("Legal entity"), "value": row.legal_entity},
        {"label": pgettext("maturity", "Scope"), "value": row.scope},
        {"label": pgettext("maturity", "Tier"), "value": f"{row.tier} · {tier_name(instrument, row.tier)}"},
        {"label": _("Valid from"), "value": date_format(row.issued_on)},
        {"label": _("Valid until"), "value": date_format(row.expires_on)},
        {"label": _("Next surveillance"), "value": date_format(row.surveillance_due) if row.surveillance_due else ""},
    ]
    if row.dcmm_level:
        level, how = level_name(instrument, row.dcmm_level), proof_words(row.dcmm_source)
        facts.append({"label": _("DCMM level"), "value": level, "note": how})
    if row.dcmm_expires:
        facts.append({"label": _("DCMM certificate until"), "value": date_format(row.dcmm_expires)})
    return facts


def _events(held: CertificateFolder) -> list[Row]:
    found = []
    for event in reversed(held.events):
        tier = _("Tier that holds: %(tier)s") % {"tier": event.tier} if event.tier is not None else ""
        joint = "。" if language().startswith("zh") else ". "
        note = joint.join(words for words in (tier, event.reasons) if words)
        actor = event.by.name_in(language()) if event.by else _("the clock")
        found.append({**event_words(event), "actor": actor, "note": note})
    return found


# -- acts -------------------------------------------------------------------------------------------------------------


def _act(
    request: HttpRequest,
    held: CertificateFolder,
    step: CertificateStep,
    form: forms.Form,
    sheet: Sheet,
    do: Callable[[], object],
    **context: Any,
) -> HttpResponse:
    """The page of one act on the certificate, like ``verification_doors.act``."""
    if not step.roles & held.folder.roles:
        raise PermissionDenied
    found: tuple[Gap, ...] = certificate_gaps(step, replace(held.facts, reasons=True, counts=True))
    code, to = 200, reverse("workflows:verification-certificate", args=[held.folder.verification.pk])
    if request.method == "POST":
        code = INVALID
        if form.is_valid():
            try:
                do()
            except BadFile as bad:
                form.add_error("file", reason(bad))
            except Refused as refused:
                found, code = refused.gaps, status_of(refused)
            else:
                messages.success(request, sheet.done)
                return redirect(to)
    up = ({"label": _("Certificate"), "url": to},)
    page = {
        **head(held.folder, sheet.title, up=up),
        "sheet": sheet,
        "form": form,
        "needed": needed(found, held.folder),
        "back": to,
        **context,
    }
    return render(request, "workflows/verification_act.html", page, status=code)


@login_required
@require_http_methods(["GET", "POST"])
def surveillance(request: HttpRequest, pk: int) -> HttpResponse:
    """The yearly look."""
    held = _held(request, pk)
    form = SurveillanceForm(typed(request))
    sheet = Sheet(
        _("Record the surveillance"),
        (
            _("The tier holds: the certificate goes on, and the next look is due in a year."),
            _("It does not hold: the certificate is suspended at once, in the public register too."),
            _("A tier is never raised by surveillance."),
        ),
        _("Record"),
        _("The surveillance is recorded."),
    )

    def do() -> object:
        data = form.cleaned_data
        return actions.record_surveillance(
            held.certificate.pk, holds=form.verdict(), reasons=data["reasons"], actor=held.user, now=held.now
        )

    return _act(request, held, SURVEIL, form, sheet, do)


@login_required
@require_http_methods(["GET", "POST"])
def dcmm(request: HttpRequest, pk: int) -> HttpResponse:
    """The enterprise hands in a renewed DCMM certificate."""
    held = _held(request, pk)
    first = {"legal_entity": held.certificate.legal_entity}
    files = request.FILES if request.method == "POST" else None
    form = RenewalForm(typed(request), files, initial=first, instrument=held.folder.instrument)
    sheet = Sheet(
        _("Hand in a renewed DCMM certificate"),
        (
            _("The body checks it and takes it or not."),
            _("Taken, the tier rests on it; a certificate suspended for want of it is reinstated."),
        ),
        _("Hand in"),
        _("The DCMM certificate is handed in, and the body has been told."),
    )

    def do() -> object:
        return actions.hand_in_dcmm(held.certificate.pk, form.text(), actor=held.user, now=held.now)

    return _act(request, held, HAND_IN_DCMM, form, sheet, do)


@login_required
@require_http_methods(["GET", "POST"])
def dcmm_judge(request: HttpRequest, pk: int) -> HttpResponse:
    """The body takes the renewed certificate, or not."""
    held = _held(request, pk)
    renewal = held.waiting
    if not JUDGE_DCMM.roles & held.folder.roles:
        raise PermissionDenied
    form = JudgeRenewalForm(typed(request))
    sheet = Sheet(
        _("Judge the renewed DCMM certificate"),
        (
            _("Taken: the tier rests on it; where its level is too low, the certificate is suspended."),
            _("Not taken: everything stays as it is; another one can be handed in."),
        ),
        _("Keep the judgement"),
        _("The judgement is kept."),
    )

    def do() -> object:
        gone = Refused(held.gaps(JUDGE_DCMM))
        if renewal is None:
            raise gone
        reasons = form.cleaned_data["reasons"]
        return actions.judge_dcmm(renewal.pk, accepted=form.verdict(), reasons=reasons, actor=held.user, now=held.now)

    words = _renewal_words(held, renewal) if renewal else []
    return _act(request, held, JUDGE_DCMM, form, sheet, do, beside=words)


def _renewal_words(held: CertificateFolder, renewal: DcmmRenewal) -> list[Row]:
    rows: list[Row] = [
        {"label": pgettext("DCMM", "Level"), "value": level_name(held.folder.instrument, renewal.level)},
        {"label": _("Edition"), "value": renewal.edition},
        {"label": _("Legal entity on the certificate"), "value": renewal.legal_entity},
        {"label": _("Certificate number"), "value": renewal.reference},
        {"label": _("Issued by"), "value": renewal.body},
        {"label": _("Issued on"), "value": date_format(renewal.issued)},
        {"label": _("Valid until"), "value": date_format(renewal.expires)},
        {"label": _("Handed in by"), "value": renewal.by.name_in(language())},
    ]
    if renewal.file_id:
        url = reverse("workflows:certificate-dcmm-file", args=[held.folder.verification.pk, renewal.pk])
        rows.append({"label": _("File"), "value": renewal.file.name if renewal.file else "", "url": url})
    return rows


@login_required
@require_GET
def dcmm_file(request: HttpRequest, pk: int, renewal_id: int) -> HttpResponseBase:
    """The file of a renewed DCMM certificate."""
    held = _held(request, pk)
    renewal = next((row for row in held.renewals if row.pk == renewal_id), None)
    if renewal is None or renewal.file is None:
        raise Http404
    return download(request, renewal.file)


@login_required
@require_http_methods(["GET", "POST"])
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Withdraw it for good."""
    held = _held(request, pk)
    form = WhyForm(
        typed(request), help_text=_("The enterprise reads them; the public register says that it was withdrawn.")
    )
    sheet = Sheet(
        _("Withdraw the certificate"),
        (
            _("It counts no more from this moment, and stays findable by its number as withdrawn."),
            _("This cannot be undone; only a new verification leads to a new certificate."),
        ),
        _("Withdraw the certificate"),
        _("The certificate is withdrawn."),
        people=(held.certificate.organisation.name_in(language()),),
        danger=True,
    )

    def do() -> object:
        reasons = form.cleaned_data["reasons"]
        return actions.withdraw_certificate(held.certificate.pk, reasons=reasons, actor=held.user, now=held.now)

    return _act(request, held, WITHDRAW_CERTIFICATE, form, sheet, do)
