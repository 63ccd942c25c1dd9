"""The operator's bulk import for programs: the template, a preview that writes nothing, all of it or nothing."""

from datetime import datetime
from typing import Any

from django.http import Http404, HttpResponse
from django.utils import timezone
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _

from ethicsreview.accounts.models import User
from ethicsreview.files.domain.kinds import BY_ENDING
from ethicsreview.interface.api.doors import Data, Deed, FileDoor, ThingDoor
from ethicsreview.interface.domain.problems import Kind, Stop
from ethicsreview.interface.domain.tokens import Half
from workflows.actions.bulk import import_people_and_bodies
from workflows.api.doors import wrong
from workflows.api.refusals import missing
from workflows.domain.gapcodes import Refused
from workflows.forms.bulk import ImportForm, Sent
from workflows.forms.bulk_faults import tongue
from workflows.forms.bulk_offer import Offer, Outdated, TooLong, packed, unpacked
from workflows.forms.bulk_preview import preview
from workflows.queries.bulk import Planned, current_choices, plan_tables
from workflows.reporting.import_template import template
from workflows.serializers.imports import (
    ImportBody,
    ImportPreviewSerializer,
    ImportTakenSerializer,
    TakeImportBody,
)


class ImportThing(ThingDoor):
    """The operator's; for everybody else there is no such address."""

    half = Half.PEOPLE
    tag = "people"
    shape = ImportPreviewSerializer

    def open(self, **address: Any) -> None:
        if not self.caller.is_staff:
            raise Http404


class TemplateDoor(FileDoor, ImportThing):
    """An empty workbook with every sheet, in the caller's language."""

    media = (BY_ENDING["xlsx"].content_type,)

    def send(self, thing: None) -> HttpResponse:
        content = template(current_choices(), language=tongue())
        headers = {"Content-Disposition": 'attachment; filename="import.xlsx"', "Cache-Control": "private, no-store"}
        return HttpResponse(content, content_type=self.media[0], headers=headers)


def preview_values(sent: Sent, planned: Planned, user: int) -> Data:
    """The preview as ``ImportPreviewSerializer`` takes it."""
    told = preview(sent, planned)
    whole = planned.plan.written and not planned.plan.faults
    committees = [
        {"name": one["name"], "day": one["day"], "missing": missing(one["gaps"], one["rules"])}
        for one in told["committees"]
    ]
    return {
        **told,
        "token": packed(Offer(sent, planned.plan.digest), user=user) if whole else "",
        "files": told["names"],
        "sheets": told["sections"],
        "committees": committees,
    }


def _look(_thing: None, caller: User, now: datetime, body: Data) -> Data:
    form = ImportForm({}, MultiValueDict({"uploads": body["files"]}))
    if not form.is_valid():
        raise wrong("/files", " ".join(str(text) for texts in form.errors.values() for text in texts))
    sent: Sent = form.cleaned_data["uploads"]
    try:
        return preview_values(sent, plan_tables(sent.tables, timezone.localdate(now)), caller.pk)
    except TooLong as long:
        raise wrong("/files", _("This is too much for one import; send it in parts.")) from long


def _take(_thing: None, caller: User, now: datetime, body: Data) -> Data:
    """What stands already is no fault: a repeated import writes nothing and says so."""
    try:
        offer = unpacked(body["token"], user=caller.pk)
    except Outdated as outdated:
        raise wrong("/token", _("The preview is no longer valid. Please send the files again.")) from outdated
    try:
        plan = import_people_and_bodies(offer.sent.tables, seen=offer.seen, actor=caller, now=now)
    except Refused as refused:
        planned = plan_tables(offer.sent.tables, timezone.localdate(now))
        if not planned.plan.written and not planned.plan.faults:
            return {"written": 0}
        told = dict(ImportPreviewSerializer(preview_values(offer.sent, planned, caller.pk)).data)
        raise Stop(Kind.OVERTAKEN, extra={"standing": told}) from refused
    return {"written": plan.written}


LOOK = Deed(
    "import_look",
    "Look at a bulk import",
    _look,
    takes=ImportBody,
    gives=ImportPreviewSerializer,
    files=True,
    description="By the operator: organisations, people, committees and seats. A dry run: every row and every wrong "
    "cell is named, and nothing is written.",
)
TAKE = Deed(
    "import_take",
    "Take a bulk import",
    _take,
    takes=TakeImportBody,
    gives=ImportTakenSerializer,
    description="Exactly what the preview showed, or nothing. Something stands otherwise by now: 409 “overtaken” with "
    "the preview as it is by then.",
    example={"token": "eyJ…"},
)
