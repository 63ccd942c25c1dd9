"""Archives for programs: signed documents in one, the dossier of a case; progress, download, another try."""

from datetime import datetime
from typing import Any

import django_filters
from django.db.models import QuerySet
from django.http import Http404
from django.http.response import HttpResponseBase
from django.utils import timezone
from rest_framework.request import Request

from ethicsreview.accounts.models import User
from ethicsreview.files.queries import FileLost, open_made
from ethicsreview.files.views import made_response
from ethicsreview.interface.api.doors import Data, Deed, FileDoor, ManyDoor, ThingDoor
from ethicsreview.interface.api.repeating import attributed
from ethicsreview.interface.domain.problems import Kind, Missing, Stop
from ethicsreview.interface.domain.tokens import Half
from workflows.actions import archives as actions
from workflows.api.doors import CaseThing, today
from workflows.domain.archives import NotQueued
from workflows.domain.oversight import Part
from workflows.models import Archive
from workflows.queries.archive_words import LIMITS, REASONS
from workflows.queries.archives import archives, is_ready
from workflows.queries.folders import Folder
from workflows.serializers.archives import ARCHIVE_KIND, ARCHIVE_STATE, ArchiveSerializer, ReportSetBody


def _readable(caller: User) -> QuerySet[Archive]:
    """Archives of this half: documents of verifications have scopes of their own."""
    return archives(caller, today(timezone.now())).filter(of_maturity=False)


def _refused(error: Exception) -> Stop | None:
    if isinstance(error, NotQueued):
        words = str(REASONS[error.reason]) % LIMITS
        return Stop(Kind.REFUSED, missing=(Missing(error.reason.value, "", words, ""),))
    return Stop(Kind.NOT_FOUND) if isinstance(error, actions.NotOpen) else None


class ArchiveFilter(django_filters.FilterSet):
    """What narrows the list of archives."""

    state = django_filters.ChoiceFilter(choices=[(one, one) for one in ARCHIVE_STATE], help_text="Where it stands.")
    kind = django_filters.ChoiceFilter(choices=[(one, one) for one in ARCHIVE_KIND], help_text="What is in it.")


class ArchivesDoor(ManyDoor):
    """The caller's own archives, the newest first."""

    half, tag, shape, filters = Half.CASES, "archives", ArchiveSerializer, ArchiveFilter

    def rows(self, **address: Any) -> QuerySet[Archive]:
        return _readable(self.caller)

    def refusal(self, error: Exception, thing: Any) -> Stop | None:
        return _refused(error)


class ArchiveDoor(ThingDoor):
    """One archive and where it stands."""

    half, tag, shape = Half.CASES, "archives", ArchiveSerializer

    def open(self, **address: Any) -> Archive:
        found = _readable(self.caller).filter(pk=address["archive"]).first()
        if found is None:
            raise Http404
        return found

    def refusal(self, error: Exception, thing: Any) -> Stop | None:
        return _refused(error)


class ArchiveFileDoor(FileDoor, ArchiveDoor):
    """The archive itself, by the rights of this moment."""

    media = ("application/zip",)

    def open(self, **address: Any) -> Archive:
        found = super().open(**address)
        if not is_ready(found, timezone.now()):
            raise Http404
        return found

    def show(self, request: Request, **address: Any) -> HttpResponseBase:  # type: ignore[override]  # bytes, not JSON
        self.only_parameters()
        thing = self.open(**address)
        try:
            file = open_made(thing.path)
        except FileLost:
            raise Stop(Kind.FILE_LOST) from None
        try:
            with attributed(request):
                actions.deliver_archive(thing.pk, actor=self.caller, now=timezone.now())
        except actions.NotOpen:
            file.close()
            raise Http404 from None
        return made_response(file, name=f"{thing.name}.zip", content_type=self.media[0], sha256=thing.sha256)


class DossierDoor(CaseThing):
    """Where the dossier of a case is asked for; who may is asked when it is."""

    shape = ArchiveSerializer
    part = Part.FACTS

    def refusal(self, error: Exception, thing: Any) -> Stop | None:
        return _refused(error) or super().refusal(error, thing)


def _request_reports(_parent: None, caller: User, now: datetime, body: Data) -> object:
    return actions.request_reports([f"case:{pk}" for pk in body["reports"]], actor=caller, now=now)


def _request_dossier(thing: Folder, caller: User, now: datetime, _body: Data) -> object:
    return actions.request_dossier(thing.case.pk, actor=caller, now=now)


def _retry(thing: Archive, caller: User, now: datetime, _body: Data) -> object:
    return actions.retry_archive(thing.pk, actor=caller, now=now)


def _delete(thing: Archive, caller: User, now: datetime, _body: Data) -> object:
    return actions.delete_archive(thing.pk, actor=caller, now=now)


REQUEST = Deed(
    "archive_request",
    "Ask for an archive of signed documents",
    _request_reports,
    takes=ReportSetBody,
    created=True,
    description="Built in the background and kept for a day; ask for its state, then for its content.",
    example={"reports": [17, 18]},
)
DOSSIER = Deed(
    "dossier_request",
    "Ask for the dossier of a case",
    _request_dossier,
    gives=ArchiveSerializer,
    created=True,
    description="Everything of the case that is open to the caller; one that is under way is given back.",
)
RETRY = Deed(
    "archive_retry",
    "Begin a failed or expired archive anew",
    _retry,
    description="By the caller's rights of that moment; any other stays as it is.",
)
DELETE = Deed(
    "archive_delete",
    "Delete an archive",
    _delete,
    description="The file goes at once; one that is being built is stopped.",
)
