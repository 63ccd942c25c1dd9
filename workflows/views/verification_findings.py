"""Findings: written by the team, released, answered by the enterprise item by item, settled."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_http_methods, require_POST

from assessments.queries.snapshots import criteria_of
from ethicsreview.files.domain.kinds import BadFile
from ethicsreview.files.wording import reason
from workflows.actions import verification_correction as correction
from workflows.actions import verification_onsite as actions
from workflows.domain import verification_table as t
from workflows.domain.clock import last_day
from workflows.domain.gapcodes import Gap, Refused
from workflows.domain.verification_states import FindingKind, Round, VRole, VState
from workflows.domain.verification_table import Transition
from workflows.forms.verifications import NO, YES, AnswerForm, EmptyForm, FindingForm, ResolveForm
from workflows.models import Finding
from workflows.queries.verification_reading import reads_onsite, reads_ratings
from workflows.queries.verifications import VerificationFolder
from workflows.views.doors import status_of
from workflows.views.verification_doors import (
    INVALID,
    Sheet,
    act,
    head,
    must_be,
    needed,
    open_verification,
    refusal,
    typed,
)
from workflows.views.verification_hub import is_of_enterprise
from workflows.views.verification_pieces import clocks, language
from workflows.wording import FINDING_KINDS

Row = dict[str, Any]
Typed = tuple[int, AnswerForm | ResolveForm | FindingForm]


def _may(folder: VerificationFolder, transition: Transition) -> bool:
    return bool(transition.roles & folder.roles) and folder.state in transition.sources


@login_required
@require_http_methods(["GET", "POST"])
def findings(request: HttpRequest, pk: int) -> HttpResponse:
    """All findings this person may read, with what this person can do about each; the team writes new ones."""
    folder = open_verification(request, pk)
    if not reads_ratings(folder):
        raise PermissionDenied
    if request.method == "POST":
        must_be(folder, t.WRITE_FINDING)
    form = _finding_form(folder, request)
    found: tuple[Gap, ...] = ()
    code = 200
    if request.method == "POST":
        code = INVALID
        if form.is_valid():
            try:
                actions.write_finding(pk, **form.cleaned_data, actor=folder.user, now=folder.now)
            except Refused as refused:
                found, code = refused.gaps, status_of(refused)
            else:
                messages.success(request, _("The finding is kept. The enterprise sees it after the release."))
                return redirect(request.path)
    return _shown(request, folder, form=form, found=found, code=code)


def _finding_form(folder: VerificationFolder, request: HttpRequest) -> FindingForm:
    first = {"criterion": request.GET.get("criterion", ""), "kind": FindingKind.MINOR.value}
    return FindingForm(typed(request), criteria=_criteria(folder), initial=first)


def _criteria(folder: VerificationFolder) -> list[tuple[str, list[tuple[str, str]]]]:
    """The criteria up to the target, under their items."""
    top = folder.verification.self_assessment.target
    return [
        (
            f"{item.key} {item.title.in_(language())}",
            [(one.key, f"{one.key} {_short(one.text.in_(language()))}") for cell in item.cells[:top] for one in cell],
        )
        for item in folder.instrument.items.values()
    ]


def _short(text: str, most: int = 90) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"


def _shown(
    request: HttpRequest,
    folder: VerificationFolder,
    *,
    form: FindingForm | None = None,
    not_taken: Typed | None = None,
    found: tuple[Gap, ...] = (),
    code: int = 200,
) -> HttpResponse:
    writes = _may(folder, t.WRITE_FINDING)
    context = {
        **head(folder, pgettext("assessment", "Findings")),
        "refused": needed(found, folder),
        "rows": [finding_row(folder, finding, not_taken) for finding in folder.findings],
        "form": (form or _finding_form(folder, request)) if writes else None,
        "empty_words": _("The team has written none.") if writes else _("The team found nothing short."),
        "clocks": clocks(folder),
        "step": _step(folder),
        "reading": reading(folder, but="findings"),
    }
    return render(request, "workflows/verification_findings.html", context, status=code)


def reading(folder: VerificationFolder, *, but: str = "") -> list[Row]:
    """Pages of this verification that the person may read, as links."""
    pk = folder.verification.pk
    rounds = folder.may_see(Round.ASSESSOR) or folder.may_see(Round.FINAL)
    rows = [
        ("rating", _("Ratings and evidence"), rounds),
        ("findings", pgettext("assessment", "Findings"), rounds and folder.state is not VState.ENTRY),
        ("onsite", _("What was done on site"), reads_onsite(folder)),
        ("differences", _("Differences item by item"), folder.may_see(Round.FINAL)),
    ]
    shown = [(name, label) for name, label, open_ in rows if open_ and name != but]
    return [{"label": label, "url": reverse(f"workflows:verification-{name}", args=[pk])} for name, label in shown]


def finding_row(folder: VerificationFolder, finding: Finding, not_taken: Typed | None = None) -> Row:
    """One finding with its answer and its outcome, and the form of whoever may act on it now."""
    one = folder.instrument.criteria.get(finding.criterion)
    kind = FindingKind(finding.kind)
    row = {
        "number": finding.number,
        "criterion": finding.criterion,
        "question": one.text.in_(language()) if one else "",
        "kind": FINDING_KINDS[kind],
        "kind_tone": "bad" if kind is FindingKind.MAJOR else "warn",
        "state": _state(finding),
        "text": finding.text,
        "answer": finding.answer,
        "answered_by": _name(finding.answered_by),
        "answered_at": finding.answered_at,
        "resolution": finding.resolution,
        "resolved_by": _name(finding.resolved_by),
        "resolved_at": finding.resolved_at,
    }
    form = not_taken[1] if not_taken and not_taken[0] == finding.pk else None
    return row | _doing(folder, finding, form)


def _name(user: Any) -> str:
    return user.name_in(language()) if user else ""


def _state(finding: Finding) -> Row | None:
    if finding.resolved is not None:
        label = _("settled") if finding.resolved else _("not settled")
        return {"label": label, "tone": "good" if finding.resolved else "bad"}
    return {"label": _("answered"), "tone": "active"} if finding.answered_at else None


def _doing(folder: VerificationFolder, finding: Finding, form: Any) -> Row:
    """The form under a finding for whoever may act on it now."""
    pk = folder.verification.pk
    if _may(folder, t.ANSWER_FINDING) and not folder.gaps(t.ANSWER_FINDING):
        return {
            "form": form or answer_form(folder, finding, None),
            "url": reverse("workflows:verification-finding-answer", args=[pk, finding.pk]),
            "enctype": "multipart/form-data",
            "action": _("Change the answer") if finding.answered_at else _("Answer the finding"),
            "answering": True,
        }
    if _may(folder, t.RESOLVE_FINDING):
        first = {"resolution": finding.resolution, "resolved": {True: YES, False: NO, None: ""}[finding.resolved]}
        dimension = folder.instrument.dimension_of[folder.instrument.criteria[finding.criterion].item].key
        rate = reverse("workflows:verification-rating", args=[pk])
        return {
            "form": form or ResolveForm(initial=first, prefix=f"f{finding.number}"),
            "url": reverse("workflows:verification-finding-resolve", args=[pk, finding.pk]),
            "action": _("Keep the outcome"),
            "extra_url": f"{rate}?dimension={dimension}#c-{finding.criterion.replace('.', '-')}",
            "extra_label": _("Rate %(criterion)s anew") % {"criterion": finding.criterion},
        }
    if _may(folder, t.REMOVE_FINDING):
        return {
            "edit_url": reverse("workflows:verification-finding-edit", args=[pk, finding.pk]),
            "remove_url": reverse("workflows:verification-finding-remove", args=[pk, finding.pk]),
        }
    return {}


def answer_form(folder: VerificationFolder, finding: Finding, request: HttpRequest | None) -> AnswerForm:
    """The answer to one finding; only pieces that do not support its criterion yet can be linked to it."""
    rules = folder.instrument.evidence
    linked = {key for piece in folder.round.evidence for key in criteria_of(piece)}
    pieces = [
        (piece.pk, piece.title)
        for piece in folder.round.evidence
        if finding.criterion not in criteria_of(piece) or not linked
    ]
    kinds = [(kind.key, kind.label.in_(language())) for kind in (rules.kinds if rules else ())]
    data, files = (request.POST, request.FILES) if request else (None, None)
    first = {"answer": finding.answer}
    return AnswerForm(data, files, initial=first, prefix=f"f{finding.number}", kinds=kinds, pieces=pieces)


def _step(folder: VerificationFolder) -> Row | None:
    """What follows the findings, for whoever can do it: the release, or the end of the window."""
    pk = folder.verification.pk
    if _may(folder, t.RELEASE):
        return {
            "title": _("Release"),
            "what": _("The enterprise reads ratings and findings, and its correction window begins."),
            "label": _("Release ratings and findings…"),
            "url": reverse("workflows:verification-release", args=[pk]),
            "needed": needed(folder.gaps(t.RELEASE), folder),
            "guarded": True,
            "main": True,
        }
    if _may(folder, t.CLOSE_CORRECTION):
        return {
            "title": _("Done before the last day?"),
            "what": _("You can end the window; the team then goes on with what you answered."),
            "label": _("End the correction window…"),
            "url": reverse("workflows:verification-correction-close", args=[pk]),
            "main": all(finding.answered_at for finding in folder.findings),
        }
    return None


# -- one finding ------------------------------------------------------------------------------------------------------


def _one(folder: VerificationFolder, finding_id: int) -> Finding:
    found = next((finding for finding in folder.findings if finding.pk == finding_id), None)
    if found is None:
        raise Http404
    return found


@login_required
@require_POST
def finding_answer(request: HttpRequest, pk: int, finding_id: int) -> HttpResponse:
    """The enterprise's answer, with evidence."""
    folder = open_verification(request, pk)
    must_be(folder, t.ANSWER_FINDING)
    finding = _one(folder, finding_id)
    form = answer_form(folder, finding, request)
    found: tuple[Gap, ...] = ()
    code = INVALID
    if form.is_valid():
        try:
            correction.answer_finding(
                pk,
                finding_id,
                text=form.cleaned_data["answer"],
                evidence=form.new_evidence(),
                linked=form.cleaned_data.get("linked", []),
                actor=folder.user,
                now=folder.now,
            )
        except BadFile as bad:
            form.add_error("file", reason(bad))
        except Refused as refused:
            found, code = refused.gaps, status_of(refused)
        else:
            messages.success(request, _("The answer to finding %(number)s is kept.") % {"number": finding.number})
            return redirect(_at(pk, finding))
    return _shown(request, folder, not_taken=(finding_id, form), found=found, code=code)


def _at(pk: int, finding: Finding) -> str:
    return f"{reverse('workflows:verification-findings', args=[pk])}#finding-{finding.number}"


@login_required
@require_POST
def finding_resolve(request: HttpRequest, pk: int, finding_id: int) -> HttpResponse:
    """What became of it, in the team's words."""
    folder = open_verification(request, pk)
    must_be(folder, t.RESOLVE_FINDING)
    finding = _one(folder, finding_id)
    form = ResolveForm(request.POST, prefix=f"f{finding.number}")
    found: tuple[Gap, ...] = ()
    code = INVALID
    if form.is_valid():
        words = form.cleaned_data["resolution"]
        try:
            actions.resolve_finding(
                pk, finding_id, resolved=form.verdict(), resolution=words, actor=folder.user, now=folder.now
            )
        except Refused as refused:
            found, code = refused.gaps, status_of(refused)
        else:
            messages.success(request, _("The outcome of finding %(number)s is kept.") % {"number": finding.number})
            return redirect(_at(pk, finding))
    return _shown(request, folder, not_taken=(finding_id, form), found=found, code=code)


@login_required
@require_http_methods(["GET", "POST"])
def finding_edit(request: HttpRequest, pk: int, finding_id: int) -> HttpResponse:
    """Rewrite a finding that is not released."""
    folder = open_verification(request, pk)
    finding = _one(folder, finding_id) if folder.roles & t.WRITE_FINDING.roles else Finding()
    first = {"criterion": finding.criterion, "kind": finding.kind, "text": finding.text}
    form = FindingForm(typed(request), criteria=_criteria(folder), initial=first)
    sheet = Sheet(
        _("Finding %(number)s") % {"number": finding.number},
        (_("The enterprise sees it after the release."),),
        _("Keep the finding"),
        _("The finding is kept. The enterprise sees it after the release."),
    )

    def do() -> object:
        data = form.cleaned_data
        return actions.write_finding(pk, **data, finding_id=finding_id, actor=folder.user, now=folder.now)

    back = reverse("workflows:verification-findings", args=[pk])
    return act(request, folder, t.WRITE_FINDING, form, sheet, do, to=back, back=back)


@login_required
@require_POST
def finding_remove(request: HttpRequest, pk: int, finding_id: int) -> HttpResponse:
    """Take back a finding that is not released."""
    folder = open_verification(request, pk)
    must_be(folder, t.REMOVE_FINDING)
    back = reverse("workflows:verification-findings", args=[pk])
    try:
        actions.remove_finding(pk, _one(folder, finding_id).pk, actor=folder.user, now=folder.now)
    except Refused as refused:
        return refusal(request, refused, folder, back)
    messages.success(request, _("The finding is taken back."))
    return redirect(back)


# -- release, and the end of the window -------------------------------------------------------------------------------


@login_required
@require_http_methods(["GET", "POST"])
def release(request: HttpRequest, pk: int) -> HttpResponse:
    """What the team found reaches the enterprise."""
    folder = open_verification(request, pk)
    sheet = Sheet(
        _("Release ratings and findings"),
        _release_effects(folder),
        _("Release"),
        _("Ratings and findings are released, and the enterprise has been told."),
        people=(folder.verification.self_assessment.organisation.name_in(language()),),
    )

    def do() -> object:
        return actions.release_findings(pk, actor=folder.user, now=folder.now)

    return act(request, folder, t.RELEASE, EmptyForm(typed(request)), sheet, do)


def _release_effects(folder: VerificationFolder) -> tuple[str, ...]:
    count = len(folder.all_findings)
    if not count:
        return (
            _("The enterprise reads the team's ratings and notes."),
            _("There is no finding: no correction window begins, and the team recommends a tier next."),
        )
    until = last_day(folder.now, folder.scheme.correction_days.value, folder.scheme.time_zone)
    told = ngettext("It reads %(count)s finding.", "It reads %(count)s findings.", count) % {"count": count}
    return (
        _("The enterprise reads the team's ratings and notes."),
        told,
        _("It can answer them until %(day)s, the last day included.") % {"day": date_format(until)},
        _("After the release only criteria with a finding are rated anew."),
    )


@login_required
@require_http_methods(["GET", "POST"])
def correction_close(request: HttpRequest, pk: int) -> HttpResponse:
    """The lead of the self-assessment is done, or the leading assessor ends a window whose last day has passed."""
    folder = open_verification(request, pk)
    transition = t.END_CORRECTION if VRole.LEAD_ASSESSOR in folder.roles else t.CLOSE_CORRECTION
    sheet = Sheet(
        _("End the correction window"),
        (
            *_open_findings(folder),
            _("The team settles the findings and recommends a tier. Nothing more can be answered."),
        ),
        _("End the window"),
        _("The correction window is ended."),
    )

    def do() -> object:
        return correction.close_correction(pk, actor=folder.user, now=folder.now)

    return act(request, folder, transition, EmptyForm(typed(request)), sheet, do)


def _open_findings(folder: VerificationFolder) -> tuple[str, ...]:
    left = sum(finding.answered_at is None for finding in folder.findings)
    if not left or not is_of_enterprise(folder):
        return ()
    words = ngettext("%(count)s finding has no answer.", "%(count)s findings have no answer.", left)
    return (words % {"count": left},)
