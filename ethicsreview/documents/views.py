"""The public verification pages, and the response with a signed file in it."""

from collections.abc import Callable

from axes.helpers import get_client_ip_address
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from ethicsreview.documents import wording
from ethicsreview.documents.domain import Standing, html_language
from ethicsreview.documents.forms import CodeForm, FileForm
from ethicsreview.documents.models import SignedDocument
from ethicsreview.documents.queries import document_by_code, verdict

MOST_FILES = 30  # from one address
PERIOD = 600  # seconds
NOTHING_RUNS = "default-src 'none'; sandbox"

Standings = Callable[[SignedDocument], Standing | None]


def no_standing(_document: SignedDocument) -> None:
    """Nothing is known but the document; ``ethicsreview.urls`` puts in what knows more."""


@never_cache
@require_http_methods(["GET", "POST"])
def verify(request: HttpRequest, *, standings: Standings = no_standing) -> HttpResponse:
    """Asks for a file or a code; answers a file with its verdict, a code by going to its page."""
    if request.method == "POST":
        return _verify_file(request, standings)
    codes = CodeForm(request.GET) if "code" in request.GET else CodeForm()
    if codes.is_bound and codes.is_valid():
        return redirect("documents:verify-code", code=codes.cleaned_data["code"])
    return _ask(request, FileForm(), codes, status=422 if codes.is_bound else 200)


def _verify_file(request: HttpRequest, standings: Standings) -> HttpResponse:
    if asks_too_often(request):
        return render(request, "documents/verify_later.html", {"minutes": PERIOD // 60}, status=429)
    form = FileForm(request.POST, request.FILES)
    if not form.is_valid():
        return _ask(request, form, CodeForm(), status=422)
    found = verdict(form.cleaned_data["file"].read(), now=timezone.now())
    standing = standings(found.document) if found.document and found.is_genuine else None
    context = {
        "verdict": found,
        "file_name": form.cleaned_data["file"].name,
        "headline": wording.headline(found, standing),
        "checks": wording.checks(found, standing),
    }
    return render(request, "documents/verdict.html", context)


def _ask(request: HttpRequest, files: FileForm, codes: CodeForm, *, status: int) -> HttpResponse:
    return render(request, "documents/verify.html", {"file_form": files, "code_form": codes}, status=status)


@never_cache
@require_GET
def verify_code(request: HttpRequest, code: str, *, standings: Standings = no_standing) -> HttpResponse:
    """What the register says about a code, to whoever holds it: nothing confidential."""
    document = document_by_code(code)
    if document is None:
        return render(request, "documents/code_unknown.html", {"code": code, "code_form": CodeForm()}, status=404)
    context = {
        "document": document,
        "language_code": html_language(document.language),
        "signers": document.signers,
        "standing": standings(document),
    }
    return render(request, "documents/code.html", context)


def asks_too_often(request: HttpRequest) -> bool:
    """Each unknown file costs a process: counted by address, in the cache, for ten minutes from the first."""
    key = f"documents.verify:{get_client_ip_address(request)}"
    cache.add(key, 0, PERIOD)
    try:
        return cache.incr(key) > MOST_FILES
    except ValueError:  # the ten minutes ended between the two
        return False


def signed_response(document: SignedDocument, reference: str) -> HttpResponse:
    """The signed file of the case or verification of that reference, to be saved, never opened in our origin."""
    name = f"{reference}-{document.file_name}"
    response = HttpResponse(bytes(document.content), content_type="application/pdf")
    response["Content-Disposition"] = content_disposition_header(True, name)
    response["ETag"] = f'"{document.sha256}"'
    response["Cache-Control"] = "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = NOTHING_RUNS
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return response
