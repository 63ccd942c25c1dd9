"""Who works on an assessment: naming colleagues for dimensions, ending their part, handing over the lead."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from assessments.actions.contributors import change_lead, name_contributor, remove_contributor
from assessments.domain.maturity_gaps import MaturityRefused, Part
from assessments.forms.maturity import ContributorForm, LeadForm
from assessments.queries.maturity import MaturityFolder, day_of
from assessments.queries.people import colleagues_of
from assessments.views.doors import INVALID, SAVED, open_self_assessment, refusal
from assessments.views.overview import people
from assessments.views.pieces import frame, tongue
from ethicsreview.accounts.models import User


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def colleagues(request: HttpRequest, pk: int) -> HttpResponse:
    """Who answers what; the lead names colleagues."""
    folder = open_self_assessment(request, pk)
    everybody = colleagues_of(folder.row.organisation_id, day_of(folder.now))
    form = _form(request, folder, everybody)
    if not form.is_valid():
        context = _context(folder, form, everybody)
        return render(request, "assessments/colleagues.html", context, status=INVALID if form.is_bound else SAVED)
    user = next(one for one in everybody if str(one.pk) == form.cleaned_data["user"])
    try:
        name_contributor(pk, user, form.cleaned_data["dimensions"], actor=folder.user, now=timezone.now())
    except MaturityRefused as refused:
        return refusal(request, refused, _here(pk), folder)
    messages.success(request, _("%(name)s can now answer these dimensions and is told.") % {"name": user.name})
    return redirect(_here(pk))


def _here(pk: int) -> str:
    return reverse("assessments:colleagues", args=[pk])


def _form(request: HttpRequest, folder: MaturityFolder, everybody: list[User]) -> ContributorForm:
    """With somebody chosen in the address, the dimensions that are that person's already."""
    language, asked = tongue(), request.GET.get("user", "")
    named = next((row for row in folder.contributors if str(row.user_id) == asked), None)
    return ContributorForm(
        request.POST if request.method == "POST" else None,
        initial={"user": asked, "dimensions": named.dimensions if named else []},
        people=[user for user in everybody if user.pk != folder.row.lead_id],
        dimensions=[(one.key, f"{one.key} {one.title.in_(language)}") for one in folder.instrument.dimensions],
        language=language,
    )


def _context(folder: MaturityFolder, form: ContributorForm, everybody: list[User]) -> dict[str, Any]:
    language, pk = tongue(), folder.row.pk
    here = {user.pk for user in everybody}
    gone = folder.row.lead_id not in here
    others = [user for user in everybody if user.pk != folder.row.lead_id]
    return {
        **frame(folder, _("Colleagues"), "colleagues"),
        "people": [
            {**words, "chip": "" if user in here else _("no longer at the enterprise"), "tone": "warn"}
            for words, user in zip(people(folder), _ids(folder), strict=True)
        ],
        "named": [
            {
                "name": row.user.name_in(language),
                "change": f"{_here(pk)}?user={row.user_id}#name",
                "remove": reverse("assessments:colleague-remove", args=[pk, row.user_id]),
            }
            for row in folder.contributors
        ],
        "form": form,
        "lead_form": LeadForm(people=others, language=language),
        "lead_gone": gone,
        "others": bool(others),
        "hands_over": bool(others) and (gone or Part.LEAD in folder.parts),
        "organisation": folder.row.organisation.name_in(language),
        "organisation_url": reverse("accounts:organisation", args=[folder.row.organisation_id]),
    }


def _ids(folder: MaturityFolder) -> list[int]:
    return [folder.row.lead_id, *(row.user_id for row in folder.contributors)]


@login_required
@require_POST
def remove(request: HttpRequest, pk: int, user_id: int) -> HttpResponse:
    """End a colleague's part; a second click finds it ended."""
    folder = open_self_assessment(request, pk)
    named = next((row for row in folder.contributors if row.user_id == user_id), None)
    try:
        if named is not None:
            remove_contributor(pk, named.user, actor=folder.user, now=timezone.now())
    except MaturityRefused as refused:
        return refusal(request, refused, _here(pk), folder)
    messages.success(request, _("The part is ended; what was answered stays."))
    return redirect(_here(pk))


@login_required
@require_POST
def lead(request: HttpRequest, pk: int) -> HttpResponse:
    """Hand the lead over, or take it up once who led has left."""
    folder = open_self_assessment(request, pk)
    everybody = colleagues_of(folder.row.organisation_id, day_of(folder.now))
    form = LeadForm(request.POST, people=everybody, language=tongue())
    if not form.is_valid():
        raise Http404
    user = next(one for one in everybody if str(one.pk) == form.cleaned_data["user"])
    try:
        change_lead(pk, user, actor=folder.user, now=timezone.now())
    except MaturityRefused as refused:
        return refusal(request, refused, _here(pk), folder)
    messages.success(request, _("%(name)s leads the assessment now.") % {"name": user.name_in(tongue())})
    return redirect(_here(pk))
