"""Search across both halves, and the searches a person keeps."""

from datetime import date, datetime
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ethicsreview.accounts.models import User
from ethicsreview.portal.actions.searches import remove_search, rename_search, save_search
from ethicsreview.portal.domain.reading import Reading, parse
from ethicsreview.portal.domain.searches import NotKept, Search, address, at
from ethicsreview.portal.forms.searches import NameForm
from ethicsreview.portal.models import SavedSearch
from ethicsreview.portal.queries.saved import saved_search
from ethicsreview.portal.queries.search import Found, find, found_elsewhere, run
from ethicsreview.portal.views.search_page import found, framed, tabs_of, url_of
from ethicsreview.portal.views.search_rows import Lines
from ethicsreview.portal.wording import LIMITS, NOT_KEPT
from workflows.actions.oversight import record_search
from workflows.models import Case
from workflows.views.doors import desk_day, reader

NOTED, NOTED_FOR = "portal.search.noted", 600  # seconds in which the counts beside belong to a search that was kept


@login_required
@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """What the person may read, by words and filters; words typed on any page lead straight to the one thing named."""
    user, now = reader(request), timezone.now()
    day = desk_day(now)
    named = _named(request, user, day)
    if named:
        return redirect(named)
    reading = _asked(request)
    context = framed(reading, request.GET.dict(), user)
    if not reading.faults:
        context["elsewhere_url"] += _note(reading.search, user, now)
        results = run(reading.search, user=user, day=day, now=now)
        context |= found(reading.search, results)
        context["rows"] = Lines(reading.search, results.rows, user=user, day=day, now=now).rows
    response = render(request, "portal/search.html", context, status=400 if reading.faults else 200)
    response.headers["HX-Push-Url"] = url_of(reading.search)  # without the form's empty fields
    return response


@login_required
@require_safe
def elsewhere(request: HttpRequest) -> HttpResponse:
    """How many of each other kind the page's search finds; part of the search noted there, if it comes from it."""
    user, now = reader(request), timezone.now()
    reading = _asked(request)
    if reading.faults:
        raise Http404
    if not _is_noted(request.GET.get("noted", ""), reading.search, user):
        _note(reading.search, user, now)
    counts = found_elsewhere(reading.search, user=user, day=desk_day(now), now=now)
    return render(request, "portal/_search_tabs.html", {"tabs": tabs_of(reading.search, counts)})


def _asked(request: HttpRequest) -> Reading:
    return parse(dict(request.GET.lists()))


def _named(request: HttpRequest, user: User, day: date) -> str:
    """The address of the one case or document named by the words alone, empty where there is none."""
    if set(request.GET) != {"q"}:
        return ""
    match find(request.GET["q"].strip()[:100], user=user, day=day):
        case Found(case_id=int() as case_id):
            return _case_address(user, day, case_id)
        case Found(code=str() as code):
            return reverse("documents:verify-code", args=[code])
    return ""


def _case_address(user: User, day: date, case_id: int) -> str:
    case = Case.objects.only("reference").get(pk=case_id)
    if user.regulates and not Case.objects.party_to(user, day).filter(pk=case_id).exists():
        return reverse("portal:regulator-case", args=[case.reference])
    return reverse("workflows:case", args=[case_id])


def _note(search: Search, user: User, now: datetime) -> str:
    """An authority's search is kept in its own chain before anything is shown; gives the mark that says so."""
    if not user.regulates:
        return ""
    record_search(about=search.kind.value, filters={"query": address(search)}, actor=user, now=now)
    return "&" + urlencode({"noted": signing.dumps(_noted(search, user), salt=NOTED)})


def _is_noted(mark: str, search: Search, user: User) -> bool:
    """Whether the mark says that this person's search was kept a moment ago."""
    try:
        return bool(signing.loads(mark, salt=NOTED, max_age=NOTED_FOR) == _noted(search, user))
    except signing.BadSignature:
        return False


def _noted(search: Search, user: User) -> list[int | str]:
    return [user.pk, address(at(search, None))]


# -- saved searches ---------------------------------------------------------------------------------------------------


@login_required
@require_POST
def save(request: HttpRequest) -> HttpResponse:
    """Keep the search on the page under a name."""
    user, form = reader(request), NameForm(request.POST)
    reading = parse(_query(request.POST.get("query", "")))
    if reading.faults:
        raise Http404
    if not form.is_valid():
        messages.error(request, _("Please name the search, in at most 80 letters that can be seen."))
        return redirect(url_of(reading.search))
    try:
        save_search(reading.search, name=form.cleaned_data["name"], actor=user, now=timezone.now())
        messages.success(request, _("The search is saved."))
    except NotKept as refused:
        messages.error(request, NOT_KEPT[refused.reason] % LIMITS)
    return redirect(url_of(reading.search))


@login_required
@require_safe
def saved(request: HttpRequest, pk: int) -> HttpResponse:
    """One of the person's own searches, run."""
    return redirect(f"{reverse('portal:search')}?{_own(request, pk).address}")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Another name for a saved search, or away with it."""
    row = _own(request, pk)
    form = NameForm(request.POST if request.method == "POST" else None, initial={"name": row.name})
    if request.method == "POST" and form.is_valid():
        try:
            rename_search(pk, name=form.cleaned_data["name"], actor=reader(request), now=timezone.now())
            messages.success(request, _("The search has its new name."))
            return redirect(f"{reverse('portal:search')}?{row.address}")
        except NotKept as refused:
            form.add_error("name", NOT_KEPT[refused.reason] % LIMITS)
    code = 422 if form.errors else 200
    crumbs = [{"label": _("Search"), "url": reverse("portal:search")}, {"label": row.name}]
    return render(request, "portal/search_saved.html", {"row": row, "form": form, "breadcrumb": crumbs}, status=code)


@login_required
@require_POST
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Forget a saved search."""
    row = _own(request, pk)
    remove_search(row.pk, actor=reader(request), now=timezone.now())
    messages.success(request, _("The search is removed."))
    return redirect("portal:search")


def _own(request: HttpRequest, pk: int) -> SavedSearch:
    found_row = saved_search(reader(request), pk)
    if found_row is None:
        raise Http404
    return found_row


def _query(text: str) -> dict[str, list[str]]:
    return dict(QueryDict(text).lists())
