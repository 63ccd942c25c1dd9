"""The evidence of an assessment: the library, adding, linking to criteria, new versions, removal, download."""

from typing import Any, BinaryIO, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe

from assessments.actions.evidence import (
    Sent,
    add_evidence,
    edit_evidence,
    link_evidence,
    remove_evidence,
    replace_evidence_file,
    unlink_evidence,
)
from assessments.domain.maturity_gaps import MaturityRefused
from assessments.domain.staged import Criterion
from assessments.forms.maturity import EvidenceForm, LinkForm
from assessments.models import Evidence
from assessments.queries.maturity import MaturityFolder
from assessments.queries.snapshots import version_of_evidence
from assessments.views.dimension_page import Typed
from assessments.views.dimensions import criterion_piece, page_again
from assessments.views.doors import INVALID, SAVED, criterion_url, needed, open_self_assessment, refusal, status_of
from assessments.views.evidence_page import (
    add_context,
    add_form,
    edit_context,
    edit_form,
    library_context,
)
from ethicsreview.files.domain.kinds import BadFile
from ethicsreview.files.forms import UploadForm
from ethicsreview.files.models import FileVersion
from ethicsreview.files.queries import FileLost
from ethicsreview.files.views import attachment_response
from ethicsreview.files.wording import reason


def sent_of(upload: UploadedFile[Any] | None) -> Sent | None:
    """A file as the actions take it."""
    return Sent(cast(BinaryIO, upload.open()), upload.name or "") if upload else None


@login_required
@require_safe
def library(request: HttpRequest, pk: int) -> HttpResponse:
    """Every piece of evidence with what it stands for."""
    return render(request, "assessments/evidence.html", library_context(open_self_assessment(request, pk)))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest, pk: int) -> HttpResponse:
    """Add a piece of evidence; back to the criterion it was added for, if any."""
    folder = open_self_assessment(request, pk)
    asked = request.GET.get("criterion", "")
    back = criterion_url(folder, asked) if asked in folder.instrument.criteria else _library_url(pk)
    form = add_form(folder, [request.POST, request.FILES] if request.method == "POST" else [], asked=asked)
    if form.is_valid():
        try:
            return _add(request, folder, form, back)
        except BadFile as bad:
            form.add_error("file", reason(bad))
    context = add_context(folder, form, back)
    return render(request, "assessments/evidence_form.html", context, status=INVALID if form.is_bound else SAVED)


def _add(request: HttpRequest, folder: MaturityFolder, form: EvidenceForm, back: str) -> HttpResponse:
    criteria = form.cleaned_data.get("criteria", [])
    pk, sent = folder.row.pk, sent_of(form.sent)
    try:
        piece = add_evidence(pk, form.facts(), criteria, sent=sent, actor=folder.user, now=timezone.now())
    except MaturityRefused as refused:
        return refusal(request, refused, back, folder)
    messages.success(request, _("“%(title)s” is added.") % {"title": piece.title})
    return redirect(back)


def _library_url(pk: int) -> str:
    return reverse("assessments:evidence", args=[pk])


def _piece_of(request: HttpRequest, pk: int, evidence_id: int) -> tuple[MaturityFolder, Evidence]:
    """A piece standing in the assessment, else 404."""
    folder = open_self_assessment(request, pk)
    piece = next((one for one in folder.evidence if one.pk == evidence_id), None)
    if piece is None:
        raise Http404
    return folder, piece


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, pk: int, evidence_id: int) -> HttpResponse:
    """One piece: what it is said to be, its file with its versions, what it stands for."""
    folder, piece = _piece_of(request, pk, evidence_id)
    posted = request.POST if request.method == "POST" else None
    form = edit_form(folder, piece, posted)
    if not form.is_valid():
        context = edit_context(folder, piece, form)
        return render(request, "assessments/evidence_piece.html", context, status=INVALID if form.is_bound else SAVED)
    try:
        edit_evidence(pk, evidence_id, form.facts(), actor=folder.user, now=timezone.now())
    except MaturityRefused as refused:
        return refusal(request, refused, _library_url(pk), folder)
    messages.success(request, _("Saved."))
    return redirect(_library_url(pk))


@login_required
@require_POST
def replace(request: HttpRequest, pk: int, evidence_id: int) -> HttpResponse:
    """A new version of a piece's file; the earlier ones stay on record."""
    folder, piece = _piece_of(request, pk, evidence_id)
    form, back = UploadForm(request.POST, request.FILES), reverse("assessments:evidence-edit", args=[pk, evidence_id])
    sent = sent_of(form.cleaned_data["file"]) if form.is_valid() else None
    fault = "" if sent else _("No file was chosen.")
    try:
        if sent is not None:
            replace_evidence_file(pk, evidence_id, sent, actor=folder.user, now=timezone.now())
    except BadFile as bad:
        fault = str(reason(bad))
    except MaturityRefused as refused:
        return refusal(request, refused, back, folder)
    if fault:
        return render(
            request, "assessments/evidence_piece.html", edit_context(folder, piece, fault=fault), status=INVALID
        )
    messages.success(request, _("The new version is kept."))
    return redirect(back)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def remove(request: HttpRequest, pk: int, evidence_id: int) -> HttpResponse:
    """Take a piece out, after asking."""
    folder, piece = _piece_of(request, pk, evidence_id)
    if request.method == "POST":
        try:
            remove_evidence(pk, evidence_id, actor=folder.user, now=timezone.now())
        except MaturityRefused as refused:
            return refusal(request, refused, _library_url(pk), folder)
        messages.success(request, _("“%(name)s” is taken out.") % {"name": piece.title})
        return redirect(_library_url(pk))
    confirm = {
        "title": _("Take out “%(name)s”?") % {"name": piece.title},
        "effects": [
            _("It no longer stands for any criterion; ratings that rest on it may count less."),
            _("What was handed in before keeps it."),
        ],
        "action": _("Take it out"),
        "danger": True,
        "back_url": _library_url(pk),
    }
    return render(request, "assessments/confirm.html", {"confirm": confirm})


@login_required
@require_POST
def link(request: HttpRequest, pk: int, criterion: str) -> HttpResponse:
    """Let a piece that is there already stand for a criterion."""
    folder = open_self_assessment(request, pk)
    one = _criterion(folder, criterion)
    form = LinkForm(request.POST, pieces=[(piece.pk, piece.title) for piece in folder.evidence])
    if not form.is_valid():
        return _as_before(request, folder, Typed(criterion, form), INVALID)
    try:
        link_evidence(pk, form.cleaned_data["evidence"], [criterion], actor=folder.user, now=timezone.now())
    except MaturityRefused as refused:
        typed = Typed(criterion, form, gaps=needed(refused.gaps, folder))
        return _as_before(request, folder, typed, status_of(refused))
    return _linked(request, folder, one)


@login_required
@require_POST
def unlink(request: HttpRequest, pk: int, criterion: str, evidence_id: int) -> HttpResponse:
    """A piece no longer stands for a criterion."""
    folder, _piece = _piece_of(request, pk, evidence_id)
    one = _criterion(folder, criterion)
    try:
        unlink_evidence(pk, evidence_id, criterion, actor=folder.user, now=timezone.now())
    except MaturityRefused as refused:
        typed = Typed(criterion, LinkForm(pieces=[]), gaps=needed(refused.gaps, folder))
        return _as_before(request, folder, typed, status_of(refused))
    return _linked(request, folder, one)


def _criterion(folder: MaturityFolder, key: str) -> Criterion:
    found = folder.instrument.criteria.get(key)
    if found is None:
        raise Http404
    return found


def _linked(request: HttpRequest, folder: MaturityFolder, one: Criterion) -> HttpResponse:
    if request.headers.get("HX-Request"):
        return criterion_piece(request, folder.afresh(), one, template="assessments/evidence_linked.html")
    return redirect(criterion_url(folder, one.key))


def _as_before(request: HttpRequest, before: MaturityFolder, typed: Typed, code: int) -> HttpResponse:
    """The fault where it was made; nothing else on the page changes."""
    folder = open_self_assessment(request, before.row.pk)
    if request.headers.get("HX-Request"):
        one = folder.instrument.criteria[typed.key]
        return criterion_piece(request, folder, one, typed, code, template="assessments/evidence_linked.html")
    return page_again(request, folder, typed.key, typed, code)


@login_required
@require_GET
def download(request: HttpRequest, pk: int, evidence_id: int, number: int) -> HttpResponseBase:
    """One version of a piece's file, as it was sent; whoever sees the assessment may have it."""
    open_self_assessment(request, pk)
    version = version_of_evidence(pk, evidence_id, number)
    if version is None:
        raise Http404
    return file_response(request, version)


def file_response(request: HttpRequest, version: FileVersion) -> HttpResponseBase:
    """The file to be saved, or a page that says its bytes are gone."""
    try:
        return attachment_response(version)
    except FileLost:
        return render(request, "assessments/file_lost.html", {"version": version}, status=503)
