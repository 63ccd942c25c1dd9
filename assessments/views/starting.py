"""Beginning an assessment, anew or from an earlier one, and changing what it is about."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from assessments.actions.starting import edit_self_assessment, start_self_assessment
from assessments.domain.claims import Policy
from assessments.domain.maturity_gaps import MaturityRefused
from assessments.domain.staged import StagedInstrument
from assessments.forms.maturity import OutlineForm, outline_initial
from assessments.models import InstrumentVersion, SelfAssessment
from assessments.queries import load_staged
from assessments.queries.maturity import day_of
from assessments.queries.maturity_lists import predecessors
from assessments.queries.people import enterprises_of, staged_instruments
from assessments.views.doors import INVALID, SAVED, open_self_assessment, reader, refusal
from assessments.views.pieces import frame, tier_choices, tongue
from ethicsreview.accounts.models import Organisation


@dataclass(frozen=True)
class Beginning:
    """What was chosen: for whom, with which instrument, after which earlier assessment."""

    organisation: Organisation
    version: InstrumentVersion
    follows: SelfAssessment | None

    @property
    def instrument(self) -> StagedInstrument:
        """The instrument that was chosen."""
        return load_staged(self.version)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def start(request: HttpRequest) -> HttpResponse:
    """First for whom and with what; then what is assessed. The choice stands in the address."""
    user, now = reader(request), timezone.now()
    organisations, versions = enterprises_of(user, day_of(now)), staged_instruments()
    earlier = predecessors(user, now=now)
    beginning = _beginning(request, organisations, versions, earlier)
    if beginning is None:
        context = _choice(request, organisations, versions, earlier)
        return render(request, "assessments/start.html", context, status=400 if request.method == "POST" else SAVED)
    form = _outline_form(request, beginning)
    if request.method == "POST" and form.is_valid():
        return _begin(request, beginning, form)
    context = {**_begun(request, beginning), "form": form}
    return render(request, "assessments/start_outline.html", context, status=INVALID if form.is_bound else SAVED)


def _begin(request: HttpRequest, beginning: Beginning, form: OutlineForm) -> HttpResponse:
    try:
        row = start_self_assessment(
            beginning.organisation,
            beginning.version,
            form.outline(),
            follows=beginning.follows,
            actor=reader(request),
            now=timezone.now(),
        )
    except MaturityRefused as refused:
        return refusal(request, refused, reverse("assessments:list"))
    messages.success(request, _("%(reference)s is begun.") % {"reference": row.reference})
    return redirect("assessments:self-assessment", row.pk)


def _beginning(
    request: HttpRequest,
    organisations: list[Organisation],
    versions: list[InstrumentVersion],
    earlier: list[SelfAssessment],
) -> Beginning | None:
    """What the address chooses; None while something is not chosen yet."""
    asked = request.GET
    follows = next((row for row in earlier if str(row.pk) == asked.get("follows")), None)
    organisation = next((row for row in organisations if str(row.pk) == asked.get("organisation")), None)
    slug = asked.get("instrument")
    if follows is not None:
        organisation = next((row for row in organisations if row.pk == follows.organisation_id), None)
        slug = follows.assessment.instrument_version.slug
    version = next((row for row in versions if row.slug == slug), None)
    return Beginning(organisation, version, follows) if organisation and version else None


def _outline_form(request: HttpRequest, beginning: Beginning) -> OutlineForm:
    organisation, instrument = beginning.organisation, beginning.instrument
    initial: dict[str, Any] = {
        "legal_entity": organisation.name_in(tongue()),
        "entity_code": organisation.credit_code,
        "sector": organisation.sector,
        "target": str(min(3, instrument.highest)),
    }
    if beginning.follows is not None:
        initial = outline_initial(beginning.follows)
    return OutlineForm(
        request.POST if request.method == "POST" else None,
        initial=initial,
        tiers=tier_choices(instrument),
        sector=str(initial["sector"]),
    )


def _choice(
    request: HttpRequest,
    organisations: list[Organisation],
    versions: list[InstrumentVersion],
    earlier: list[SelfAssessment],
) -> dict[str, Any]:
    """Everything one can begin with; what is chosen already stays chosen."""
    language, asked = tongue(), request.GET
    chosen = asked.get("organisation") or (str(organisations[0].pk) if organisations else "")
    return {
        "organisations": [
            {"pk": row.pk, "name": row.name_in(language), "checked": str(row.pk) == chosen} for row in organisations
        ],
        "instruments": [
            {
                "slug": row.slug,
                "version": row.version,
                "title": load_staged(row).title.in_(language),
                "summary": load_staged(row).summary.in_(language),
                "checked": row.slug == chosen_slug,
            }
            for row in versions
            for chosen_slug in [asked.get("instrument") or versions[0].slug]
        ],
        "earlier": [
            {
                "row": row,
                "organisation": row.organisation.name_in(language),
                "title": load_staged(row.assessment.instrument_version).title.in_(language),
                "url": f"{request.path}?{urlencode({'follows': row.pk})}",
            }
            for row in earlier
        ],
        "incomplete": bool(asked),
    }


def _begun(request: HttpRequest, beginning: Beginning) -> dict[str, Any]:
    return {
        "organisation": beginning.organisation.name_in(tongue()),
        "instrument": beginning.instrument.title.in_(tongue()),
        "summary": beginning.instrument.summary.in_(tongue()),
        "notice": beginning.instrument.notice.in_(tongue()),
        "source": beginning.instrument.source.in_(tongue()),
        "version": beginning.version.version,
        "follows": beginning.follows,
        "again": reverse("assessments:start"),
    }


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change what is assessed or the tier aimed at, while the assessment is open."""
    folder = open_self_assessment(request, pk)
    back, row = reverse("assessments:self-assessment", args=[pk]), folder.row
    posted = request.POST if request.method == "POST" else None
    form = OutlineForm(posted, initial=outline_initial(row), tiers=tier_choices(folder.instrument), sector=row.sector)
    if not form.is_valid():
        context = {**frame(folder, _("What is assessed")), "form": form, "back": back, "open": folder.leads}
        return render(request, "assessments/edit.html", context, status=INVALID if form.is_bound else SAVED)
    try:
        edit_self_assessment(pk, form.outline(Policy(row.dcmm_policy)), actor=folder.user, now=timezone.now())
    except MaturityRefused as refused:
        return refusal(request, refused, back, folder)
    messages.success(request, _("Saved."))
    return redirect(back)
