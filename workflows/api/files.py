"""Documents of a case for programs: handed in, replaced, taken out, downloaded, shown page by page."""

from datetime import datetime
from typing import Any

from django.http import Http404
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from ethicsreview.accounts.models import User
from ethicsreview.files.domain.kinds import BY_CONTENT_TYPE, BadFile
from ethicsreview.files.queries import FileLost, page_count
from ethicsreview.files.views import attachment_response, page_response
from ethicsreview.files.wording import reason
from ethicsreview.interface.api.doors import Data, Deed, FileDoor
from ethicsreview.interface.domain.problems import Kind, Stop
from workflows.actions.applications import add_file, remove_file, replace_file
from workflows.api.doors import CaseThing, Piece, by, wrong
from workflows.domain import transitions as t
from workflows.domain.application import form_items
from workflows.domain.application_form import ItemKind
from workflows.domain.gapcodes import Gap, GapCode, Refused
from workflows.domain.oversight import Part
from workflows.queries.applying import Held, readable_files, readable_version
from workflows.queries.folders import Folder
from workflows.serializers.applications import AddFileBody, FileSerializer, FilesSerializer, NewVersionBody


def file_values(held: Held) -> Data:
    """A document as ``FileSerializer`` takes it."""
    names = ("pk", "number", "name", "content_type", "size", "sha256", "at")
    versions = [{name: getattr(row, name) for name in names} | {"pages": page_count(row)} for row in held.versions]
    return {"id": held.file, "item": held.item, "standing": held.standing, "versions": versions}


class Documents(CaseThing):
    """What is handed in and read of a case's documents."""

    part = Part.FILES

    def refusal(self, error: Exception, thing: Any) -> Stop | None:
        if isinstance(error, BadFile):
            return wrong("/file", reason(error))
        return super().refusal(error, thing)


class FilesDoor(Documents):
    """The documents of a case."""

    shape = FilesSerializer

    def data(self, thing: Folder) -> Data:
        return dict(FilesSerializer({"files": [file_values(held) for held in readable_files(thing)]}).data)


class FileThing(Documents):
    """One document of a case."""

    shape = FileSerializer

    def open(self, **address: Any) -> Piece:
        folder = self.case(address["ref"])
        held = next((row for row in readable_files(folder) if row.file == address["file"]), None)
        if held is None:
            raise Http404
        return Piece(folder, held)

    def data(self, thing: Piece) -> Data:
        return dict(FileSerializer(file_values(thing.row)).data)

    def details(self, thing: Piece) -> dict[str, int]:
        return {"file": thing.row.file}


class FileBytesDoor(FileDoor, CaseThing):
    """One version of a document, as it was sent."""

    part = Part.FILES
    media = tuple(BY_CONTENT_TYPE)
    page_asked = 0

    def open(self, **address: Any) -> Piece:
        folder = self.case(address["ref"])
        version = readable_version(folder, address["file"], address["number"])
        if version is None:
            raise Http404
        self.page_asked = int(address.get("page", 0))
        if self.page_asked > page_count(version):
            raise Http404
        return Piece(folder, (address["file"], version))

    def details(self, thing: Piece) -> dict[str, int]:
        found = {"file": thing.row[0], "version": thing.row[1].number}
        return found | ({"page": self.page_asked} if self.page_asked else {})

    def send(self, thing: Piece) -> HttpResponseBase:  # type: ignore[override]  # streamed
        try:
            return self.bytes_of(thing.row[1])
        except FileLost as lost:
            raise Stop(Kind.FILE_LOST) from lost

    def bytes_of(self, version: Any) -> HttpResponseBase:
        """The response with the version in it."""
        return attachment_response(version)


class PictureDoor(FileBytesDoor):
    """One page of a document as a picture."""

    media = ("image/png",)

    def bytes_of(self, version: Any) -> HttpResponseBase:
        return page_response(self.request._request, version, self.page_asked)


def _add(thing: Folder, caller: User, now: datetime, body: Data) -> Data:
    known = {item.code for item in form_items(thing.rules.application) if item.kind is ItemKind.FILES}
    if body["item"] not in known:
        raise wrong("/item", _("There is no such item."))
    file = body["file"]
    held = add_file(thing.case.pk, body["item"], file.open(), name=file.name or "", actor=caller, now=now)
    return file_values(Held(held.pk, held.item, True, (held.current,)))


def _replace(thing: Piece, caller: User, now: datetime, body: Data) -> object:
    if not thing.row.standing:
        raise Refused((Gap(GapCode.STALE),))
    file = body["file"]
    case = thing.folder.case.pk
    return replace_file(case, thing.row.file, file.open(), name=file.name or "", actor=caller, now=now)


def _remove(thing: Piece, caller: User, now: datetime, body: Data) -> object:
    return remove_file(thing.folder.case.pk, thing.row.file, actor=caller, now=now)


ADD = Deed(
    "file_add",
    "Hand in a document",
    _add,
    takes=AddFileBody,
    gives=FileSerializer,
    created=True,
    files=True,
    description="For an item of the open version. Its content is inspected before it is kept.",
    example={"item": "protocol_file", "file": "protocol.pdf"},
    allows=by(t.SAVE),
)
REPLACE = Deed(
    "file_replace",
    "Hand in a newer version of a document",
    _replace,
    takes=NewVersionBody,
    created=True,
    files=True,
    description="The earlier versions stay on record.",
    example={"file": "protocol-2.pdf"},
    allows=by(t.SAVE),
)
REMOVE = Deed(
    "file_remove",
    "Take a document out of the open version",
    _remove,
    description="Versions of the application handed in before keep it.",
    allows=by(t.SAVE),
)
