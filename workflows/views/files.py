"""Documents of an application: handed in, replaced, taken out, downloaded, shown page by page."""

from collections.abc import Callable
from typing import Any, BinaryIO, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from ethicsreview.files.domain.kinds import BadFile
from ethicsreview.files.models import FileVersion
from ethicsreview.files.wording import reason
from workflows.actions.applications import add_file, remove_file, replace_file
from workflows.domain.application_form import ItemKind, Step
from workflows.domain.gapcodes import Refused
from workflows.domain.states import Role
from workflows.forms.applications import StepForm
from workflows.models import CaseFile
from workflows.queries.applying import readable_version
from workflows.queries.folders import Folder
from workflows.views.application_page import Typed, pieces, step_bar, step_context, step_url
from workflows.views.doors import open_case, reader, refusal
from workflows.views.sheets import download, page_picture

Sent = UploadedFile[Any]
MOST_AT_ONCE = 20  # files in one request
INVALID = 422


def _step_of(folder: Folder, item: str) -> Step:
    """The step of a file item of the applicant's own case, else 404."""
    form = folder.rules.application
    known = {entry.code for step in form.steps for entry in step.items if entry.kind is ItemKind.FILES}
    if Role.TEAM not in folder.roles or item not in known:
        raise Http404
    return form.step_of(item)


def _own_file(request: HttpRequest, pk: int, file_id: int) -> tuple[Folder, CaseFile]:
    """A document standing in the applicant's own case, else 404."""
    folder = open_case(request, pk)
    held = next((file for file in folder.files if file.pk == file_id), None)
    if held is None or Role.TEAM not in folder.roles:
        raise Http404
    return folder, held


@login_required
@require_POST
def file_add(request: HttpRequest, pk: int, item: str) -> HttpResponse:
    """Hand in one or several documents for an item; each that is not taken is named with its reason."""
    folder = open_case(request, pk)
    step = _step_of(folder, item)
    user, now = reader(request), timezone.now()

    def keep(upload: Sent) -> CaseFile:
        return add_file(pk, item, cast(BinaryIO, upload.open()), name=upload.name or "", actor=user, now=now)

    return _take(request, folder, step, item, request.FILES.getlist("file"), keep)


@login_required
@require_POST
def file_replace(request: HttpRequest, pk: int, file_id: int) -> HttpResponse:
    """A new version of a document; the earlier ones stay on record."""
    folder, held = _own_file(request, pk, file_id)
    user, now = reader(request), timezone.now()

    def keep(upload: Sent) -> CaseFile:
        return replace_file(pk, file_id, cast(BinaryIO, upload.open()), name=upload.name or "", actor=user, now=now)

    return _take(request, folder, _step_of(folder, held.item), held.item, request.FILES.getlist("file")[:1], keep)


def _take(
    request: HttpRequest,
    folder: Folder,
    step: Step,
    item: str,
    uploads: list[Sent],
    keep: Callable[[Sent], CaseFile],
) -> HttpResponse:
    faults, taken = [] if uploads else [_("No file was chosen.")], 0
    for upload in uploads[:MOST_AT_ONCE]:
        try:
            keep(upload)
        except BadFile as bad:
            faults.append(f"{upload.name}: {reason(bad)}")
        except Refused as refused:
            return refusal(request, refused, folder, back=step_url(folder, step))
        else:
            taken += 1
    if len(uploads) > MOST_AT_ONCE:
        faults.append(
            _("Only %(most)s files are taken at once; send the others after these.") % {"most": MOST_AT_ONCE}
        )
    return _answer(request, folder, step, item, tuple(faults), taken)


def _answer(
    request: HttpRequest, folder: Folder, step: Step, item: str, faults: tuple[str, ...], taken: int
) -> HttpResponse:
    """The item again for htmx, else the step's page or, where all went well, the way back to it."""
    fresh = open_case(request, folder.case.pk)
    form = StepForm(step=step, rules=fresh.rules, answers=fresh.application.answers)
    typed = Typed(form, faults={item: faults})
    if request.headers.get("HX-Request"):
        context = {
            **step_bar(fresh, step),
            "case": fresh.case,
            "piece": pieces(fresh, step, typed, only=item)[0],
            "template": "workflows/_application_piece.html",
            "oob": True,
            "focus": True,
        }
        return render(request, "workflows/application_saved.html", context, status=INVALID if faults else 200)
    if faults:
        return render(request, "workflows/application_step.html", step_context(fresh, step, typed), status=INVALID)
    words = ngettext("%(count)s document is kept.", "%(count)s documents are kept.", taken) % {"count": taken}
    messages.success(request, words)
    return redirect(f"{step_url(fresh, step)}#item-{item}")


@login_required
@require_http_methods(["GET", "POST"])
def file_remove(request: HttpRequest, pk: int, file_id: int) -> HttpResponse:
    """Take a document out of the open version, after asking."""
    folder, held = _own_file(request, pk, file_id)
    back = f"{step_url(folder, _step_of(folder, held.item))}#item-{held.item}"
    if request.method == "POST":
        try:
            remove_file(pk, file_id, actor=reader(request), now=timezone.now())
        except Refused as refused:
            return refusal(request, refused, folder, back=back)
        messages.success(request, _("“%(name)s” is taken out.") % {"name": held.current.name})
        return redirect(back)
    confirm = {
        "title": _("Take out “%(name)s”?") % {"name": held.current.name},
        "effects": [
            _("The document no longer belongs to the version you are writing."),
            _("Versions handed in before keep it."),
        ],
        "action": _("Take it out"),
        "danger": True,
        "back_url": back,
    }
    return render(request, "workflows/confirm.html", {"confirm": confirm, "case": folder.case})


def _readable(request: HttpRequest, pk: int, file_id: int, number: int) -> FileVersion:
    version = readable_version(open_case(request, pk), file_id, number)
    if version is None:
        raise Http404
    return version


@login_required
@require_GET
def file_download(request: HttpRequest, pk: int, file_id: int, number: int) -> HttpResponseBase:
    """One version of a document, as it was sent."""
    return download(request, _readable(request, pk, file_id, number))


@login_required
@require_GET
def file_page(request: HttpRequest, pk: int, file_id: int, number: int, page: int) -> HttpResponseBase:
    """One page of a version as a picture."""
    return page_picture(request, _readable(request, pk, file_id, number), page)
