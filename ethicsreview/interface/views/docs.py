"""The interface as a manual for people."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from ethicsreview.interface.domain.problems import STATUS
from ethicsreview.interface.queries import handbook
from ethicsreview.interface.wording import CHAPTERS, MEANINGS, SCOPES, TITLES


@require_safe
def docs(request: HttpRequest) -> HttpResponse:
    """How the interface is used: tokens, scopes, problems, and the list of every operation of the schema."""
    problems = [(kind.value, status, TITLES[kind], MEANINGS[kind]) for kind, status in STATUS.items()]
    scopes = [(scope.value, words) for scope, words in SCOPES.items()]
    context = {
        "problems": problems,
        "scopes": scopes,
        "chapters": [(CHAPTERS[chapter.name], chapter) for chapter in handbook()],
    }
    return render(request, "interface/docs.html", context)


@require_safe
def operation(request: HttpRequest, name: str) -> HttpResponse:
    """One operation with its parameters, body and answers."""
    known = {one.name: one for chapter in handbook() for one in chapter.operations}
    if name not in known:
        raise Http404
    return render(request, "interface/operation.html", {"operation": known[name]})
