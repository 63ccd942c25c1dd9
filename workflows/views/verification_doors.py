"""The door of verifications, and what every page that acts on one does alike."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import pgettext

from assessments.domain.staged import StagedInstrument
from workflows.domain.citations import Confidence
from workflows.domain.gapcodes import Gap, GapCode, Refused
from workflows.domain.scheme import Scheme
from workflows.domain.verification_table import Transition, verification_gaps
from workflows.queries.verifications import VerificationFolder, of_person
from workflows.views.doors import desk_day, reader, status_of
from workflows.views.points import CONFIDENCE
from workflows.views.verification_pieces import breadcrumb, language, status
from workflows.wording import Needed, describe_step

_PEOPLE = frozenset({GapCode.CONFLICT, GapCode.ADVISER_ASSESSES})
INVALID = 422


@dataclass(frozen=True)
class Sheet:
    """What one act's page says: title, what will happen, who is told, the button, and the words after it is done."""

    title: str
    effects: tuple[str, ...]
    action: str
    done: str
    people: tuple[str, ...] = ()
    danger: bool = False


def open_verification(request: HttpRequest, pk: int) -> VerificationFolder:
    """The verification as this person stands to it, or 404."""
    now = timezone.now()
    user = reader(request)
    verification = of_person(user, desk_day(now)).filter(pk=pk).first()
    if verification is None:
        raise Http404
    return VerificationFolder(verification, user=user, now=now)


def needed(found: Iterable[Gap], folder: VerificationFolder) -> list[dict[str, str]]:
    """Gaps as ``_needed.html`` takes them, people and places of the instrument by name."""
    found = list(found)
    names = _names(folder) if any(gap.code in _PEOPLE for gap in found) else {}
    return needed_by(folder.scheme, found, folder.instrument, names)


def needed_by(
    scheme: Scheme | None,
    found: Iterable[Gap],
    instrument: StagedInstrument | None = None,
    names: dict[str, str] | None = None,
) -> list[dict[str, str]]:
    """Gaps as ``_needed.html`` takes them: the text, the article, the source's confidence."""
    return [_row(describe_step(gap, scheme, instrument, names)) for gap in found]


def _row(told: Needed) -> dict[str, str]:
    citation = told.citation
    return {
        "text": told.text,
        "article": citation.in_(language()) if citation else "",
        "source": _sureness(citation.confidence) if citation else "",
        "code": told.code,
        "item": told.item,
    }


def _sureness(confidence: Confidence) -> str:
    known = {key.value: words for key, words in CONFIDENCE.items()}
    return str(known.get(confidence.value, pgettext("source", "this system's own rule")))


def _names(folder: VerificationFolder) -> dict[str, str]:
    people = [*(place.user for place in folder.team), *(seat.user for seat in folder.panel)]
    return {str(user.pk): user.name_in(language()) for user in people}


def typed(request: HttpRequest) -> QueryDict | None:
    """What was sent, for a form to be bound to; None where nothing was."""
    return request.POST if request.method == "POST" else None


def must_be(folder: VerificationFolder, transition: Transition) -> None:
    """403 for whoever does not hold a role of the transition."""
    if not transition.roles & folder.roles:
        raise PermissionDenied


def still_needed(folder: VerificationFolder, transition: Transition, **given: Any) -> tuple[Gap, ...]:
    """What keeps the step from happening now; ``given`` replaces facts that the request itself will bring."""
    return verification_gaps(transition, replace(folder.facts, **given), folder.scheme)


def refusal(request: HttpRequest, refused: Refused, folder: VerificationFolder, back: str = "") -> HttpResponse:
    """A page that names each missing thing and its article; nothing was written."""
    back = back or reverse("workflows:verification", args=[folder.verification.pk])
    context = {"needed": needed(refused.gaps, folder), "back": back}
    return render(request, "workflows/refused.html", context, status=status_of(refused))


def head(
    folder: VerificationFolder, title: str, *, lead: str = "", up: tuple[dict[str, Any], ...] = ()
) -> dict[str, Any]:
    """What the head of every page of a verification needs."""
    verification = folder.verification
    return {
        "folder": folder,
        "verification": verification,
        "legal_entity": verification.self_assessment.legal_entity,
        "title": title,
        "lead": lead,
        "status": status(verification),
        "breadcrumb": breadcrumb(verification, *up, {"label": title}),
        "back": reverse("workflows:verification", args=[verification.pk]),
    }


def act(
    request: HttpRequest,
    folder: VerificationFolder,
    transition: Transition,
    form: forms.Form,
    sheet: Sheet,
    do: Callable[[], object],
    *,
    template: str = "workflows/verification_act.html",
    to: str = "",
    **context: Any,
) -> HttpResponse:
    """Show the act's form with what is still needed; on POST do it, or show why not with everything typed kept."""
    must_be(folder, transition)
    found, code = still_needed(folder, transition, reasons=True), 200
    if request.method == "POST":
        code = INVALID
        if form.is_valid():
            try:
                do()
            except Refused as refused:
                found, code = refused.gaps, status_of(refused)
            else:
                messages.success(request, sheet.done)
                return redirect(to or reverse("workflows:verification", args=[folder.verification.pk]))
    page = {**head(folder, sheet.title), "sheet": sheet, "form": form, "needed": needed(found, folder), **context}
    return render(request, template, page, status=code)
