"""An organisation's page: its letterhead and its people."""

from typing import Any, TypeVar

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ethicsreview.accounts import actions
from ethicsreview.accounts.domain import MemberRole, OrganisationKind, Refused
from ethicsreview.accounts.forms import EndMembershipForm, InviteForm, LetterheadForm, LogoForm
from ethicsreview.accounts.models import Invitation, Membership, Organisation
from ethicsreview.accounts.queries import (
    SignedInRequest,
    may_manage,
    members_of,
    open_invitations,
    organisations_of,
)
from ethicsreview.accounts.wording import KINDS, LOGO_FAULTS, ROLES, sentences
from ethicsreview.documents.logo import BadLogo, redraw_logo

Row = TypeVar("Row", Invitation, Membership)


@require_safe
@login_required
def own_organisations(request: SignedInRequest) -> HttpResponse:
    """The organisations a person belongs to; with one alone, its page."""
    found = list(organisations_of(request.user, timezone.localdate())[:200])
    if len(found) == 1:
        return redirect("accounts:organisation", found[0].pk)
    rows = [(each, each.name_in(request.LANGUAGE_CODE), KINDS[OrganisationKind(each.kind)]) for each in found]
    return render(request, "accounts/organisation_list.html", {"rows": rows})


@require_safe
@login_required
def organisation_page(request: SignedInRequest, organisation_id: int) -> HttpResponse:
    """Its people; for those who keep it also its letterhead, logo and invitations."""
    return _page(request, _visible(request, organisation_id))


@require_POST
@login_required
def edit_letterhead(request: SignedInRequest, organisation_id: int) -> HttpResponse:
    """Changes names and letterhead."""
    organisation = _kept(request, organisation_id)
    form = LetterheadForm(request.POST)
    if not form.is_valid():
        return _page(request, organisation, letterhead_form=form, status=422)
    actions.edit_letterhead(organisation_id, **form.cleaned_data, actor=request.user, now=timezone.now())
    messages.success(request, _("The letterhead is saved. Documents issued from now on carry it."))
    return redirect("accounts:organisation", organisation_id)


@require_POST
@login_required
def set_logo(request: SignedInRequest, organisation_id: int) -> HttpResponse:
    """Redraws an uploaded image and keeps it; with ``remove`` takes the logo away."""
    organisation = _kept(request, organisation_id)
    form = LogoForm(request.POST, request.FILES)
    png = b""
    if "remove" not in request.POST:
        if not form.is_valid():
            return _page(request, organisation, logo_form=form, status=422)
        try:
            png = redraw_logo(form.cleaned_data["logo"].read())
        except BadLogo as bad:
            form.add_error("logo", str(LOGO_FAULTS[bad.code]))
            return _page(request, organisation, logo_form=form, status=422)
    actions.set_logo(organisation_id, png=png, actor=request.user, now=timezone.now())
    messages.success(request, _("The logo is saved.") if png else _("The logo is removed."))
    return redirect("accounts:organisation", organisation_id)


@require_safe
@login_required
def logo(request: SignedInRequest, organisation_id: int) -> HttpResponse:
    """The redrawn logo."""
    organisation = _visible(request, organisation_id)
    return HttpResponse(bytes(organisation.logo), content_type="image/png", status=200 if organisation.logo else 404)


@require_POST
@login_required
def invite(request: SignedInRequest, organisation_id: int) -> HttpResponse:
    """Sends an invitation, or sends it anew."""
    organisation = _kept(request, organisation_id)
    form = InviteForm(request.POST, organisation=organisation)
    if not form.is_valid():
        return _page(request, organisation, invite_form=form, status=422)
    try:
        actions.invite(organisation_id=organisation_id, **form.cleaned_data, actor=request.user, now=timezone.now())
    except Refused as refusal:
        form.add_error(None, sentences(refusal.problems))
        return _page(request, organisation, invite_form=form, status=409)
    messages.success(request, _("The invitation is on its way."))
    return redirect("accounts:organisation", organisation_id)


@require_POST
@login_required
def withdraw_invitation(request: SignedInRequest, invitation_id: int) -> HttpResponse:
    """Makes an open invitation worthless."""
    invitation = get_object_or_404(_of_visible(request, Invitation.objects.all()), pk=invitation_id)
    organisation = _kept(request, invitation.organisation_id)
    try:
        actions.withdraw_invitation(invitation_id, actor=request.user, now=timezone.now())
    except Refused as refusal:
        return _page(request, organisation, refusal=refusal, status=409)
    messages.success(request, _("The invitation is withdrawn."))
    return redirect("accounts:organisation", organisation.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def end_membership(request: SignedInRequest, membership_id: int) -> HttpResponse:
    """Asks for the last day of a term and ends it."""
    rows = _of_visible(request, Membership.objects.select_related("user", "organisation"))
    membership = get_object_or_404(rows, pk=membership_id)
    organisation = _kept(request, membership.organisation_id)
    form = EndMembershipForm(request.POST or None, today=timezone.localdate())
    values = {"membership": membership, "form": form, **_words(membership, request.LANGUAGE_CODE)}
    if request.method == "POST" and form.is_valid():
        try:
            actions.end_membership(membership_id, **form.cleaned_data, actor=request.user, now=timezone.now())
        except Refused as refusal:
            form.add_error(None, sentences(refusal.problems))
            return render(request, "accounts/membership_end.html", values, status=409)
        messages.success(request, _("The term is ended."))
        return redirect("accounts:organisation", organisation.pk)
    return render(request, "accounts/membership_end.html", values)


def _words(membership: Membership, language: str) -> dict[str, Any]:
    return {
        "person": membership.user.name_in(language),
        "organisation": membership.organisation.name_in(language),
        "role": ROLES[MemberRole(membership.role)],
    }


def _visible(request: SignedInRequest, organisation_id: int) -> Organisation:
    return get_object_or_404(organisations_of(request.user, timezone.localdate()), pk=organisation_id)


def _of_visible(request: SignedInRequest, rows: QuerySet[Row]) -> QuerySet[Row]:
    """Those of organisations whose page the person may open."""
    return rows.filter(organisation__in=organisations_of(request.user, timezone.localdate()).values("pk"))


def _kept(request: SignedInRequest, organisation_id: int) -> Organisation:
    organisation = _visible(request, organisation_id)
    if not may_manage(request.user, organisation_id, timezone.localdate()):
        raise PermissionDenied
    return organisation


def _page(request: SignedInRequest, organisation: Organisation, *, status: int = 200, **given: Any) -> HttpResponse:
    today = timezone.localdate()
    language = request.LANGUAGE_CODE
    held = [
        (row, row.user.name_in(language), ROLES[MemberRole(row.role)], row.ends is None or row.ends >= today)
        for row in members_of(organisation)
    ]
    refusal: Refused | None = given.pop("refusal", None)
    values = {
        "organisation": organisation,
        "organisation_name": organisation.name_in(language),
        "kind": KINDS[OrganisationKind(organisation.kind)],
        "current": [row for row in held if row[3]],
        "ended": [row for row in held if not row[3]],
        "problems": sentences(refusal.problems) if refusal else [],
        "may_manage": may_manage(request.user, organisation.pk, today),
    }
    if values["may_manage"]:
        values |= _forms(organisation, language)
    return render(request, "accounts/organisation.html", values | given, status=status)


def _forms(organisation: Organisation, language: str) -> dict[str, Any]:
    columns = ("name", "name_zh", "letterhead_en", "letterhead_zh")
    return {
        "letterhead_form": LetterheadForm(initial={name: getattr(organisation, name) for name in columns}),
        "logo_form": LogoForm(),
        "invite_form": InviteForm(organisation=organisation, initial={"language": language}, auto_id="invite_%s"),
        "invitations": [(row, ROLES[MemberRole(row.role)]) for row in open_invitations(organisation, timezone.now())],
    }
