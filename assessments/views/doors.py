"""The door every page of a self-assessment goes through: what one may not see answers like what does not exist."""

from collections.abc import Iterable
from functools import lru_cache

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from assessments.domain.maturity_gaps import MaturityGap, MaturityGapCode, MaturityRefused
from assessments.models import SelfAssessment
from assessments.queries.maturity import MaturityFolder, day_of, of_person
from assessments.wording import maturity_gap
from ethicsreview.accounts.models import User

SAVED, INVALID, CONFLICT = 200, 422, 409


def reader(request: HttpRequest) -> User:
    """The signed-in person; pages behind ``login_required`` alone ask."""
    user = request.user
    if not isinstance(user, User):
        raise Http404
    return user


def open_self_assessment(request: HttpRequest, pk: int) -> MaturityFolder:
    """The self-assessment as this person of the enterprise stands to it, or 404."""
    user, now = reader(request), timezone.now()
    day = day_of(now)
    rows = of_person(SelfAssessment.objects.visible_to(user, day), user, day).select_related("lead")
    row = rows.filter(pk=pk).first()
    if row is None:
        raise Http404
    return MaturityFolder(row, user=user, now=now)


def needed(found: Iterable[MaturityGap], folder: MaturityFolder | None = None) -> list[dict[str, str]]:
    """Gaps as ``_needed.html`` takes them: the text and, where there is one, the place to put it right."""
    instrument = folder.instrument if folder else None
    return [
        {"text": maturity_gap(gap, instrument), "url": _place(gap, folder) if folder and instrument else ""}
        for gap in found
    ]


def _place(gap: MaturityGap, folder: MaturityFolder) -> str:
    if gap.code is MaturityGapCode.CLAIM_MISSING:
        return reverse("assessments:claim", args=[folder.row.pk])
    return criterion_url(folder, gap.detail) if folder.instrument.knows(gap.detail) else ""


def criterion_url(folder: MaturityFolder, key: str) -> str:
    """Where a criterion or an item is answered."""
    mark = "c" if key in folder.instrument.criteria else "i"
    return f"{dimension_url(folder, folder.dimension_of(key).key)}#{mark}-{anchor(key)}"


@lru_cache(maxsize=4096)
def address(name: str, *args: str | int) -> str:
    """As ``reverse`` finds it, for pages with hundreds of them: it is the same in every request."""
    return reverse(name, args=args)


def anchor(key: str) -> str:
    """A key as part of an element's id: a dot would mean a class to whoever looks it up."""
    return key.replace(".", "-")


def dimension_url(folder: MaturityFolder, dimension: str) -> str:
    """The page of a dimension."""
    return address("assessments:dimension", folder.row.pk, dimension)


def status_of(refused: MaturityRefused) -> int:
    """403 where the person is wrong, 409 where the moment is."""
    return 403 if refused.is_role else CONFLICT


def refusal(
    request: HttpRequest, refused: MaturityRefused, back: str, folder: MaturityFolder | None = None
) -> HttpResponse:
    """A page that names each thing that stands in the way; nothing was written. ``back`` is where to return."""
    context = {"needed": needed(refused.gaps, folder), "back": back}
    return render(request, "assessments/refused.html", context, status=status_of(refused))
