"""What the tests of archives share: a case with everything in it, and an archive taken apart."""

import io
import json
from pathlib import Path
from typing import Any
from zipfile import ZipFile

from django.core.files.storage import default_storage

from tests.documents import sign
from tests.scenes import Scene
from workflows.actions import meetings
from workflows.domain.states import State
from workflows.models import Archive, Case, CaseReport, Meeting


def decided_case(scene: Scene, notes: str = "All calm.") -> Case:
    """An approved case with approved minutes and four signed documents."""
    case = scene.case_in(State.APPROVED)
    meeting = Meeting.objects.get(items__case=case)
    meetings.close_meeting(meeting.pk, actor=scene.chair, now=scene.now)
    meetings.draft_minutes(meeting.pk, notes=notes, actor=scene.secretary, now=scene.now)
    meetings.approve_minutes(meeting.pk, actor=scene.chair, now=scene.now)
    sign_all(scene, case)
    return case


def sign_all(scene: Scene, case: Case) -> list[CaseReport]:
    """The case's documents as they stand once they are kept."""
    reports = list(CaseReport.objects.filter(decision__case=case).order_by("pk"))
    for report in reports:
        sign(report, scene.host)
    return reports


def opened(content: bytes) -> dict[str, bytes]:
    """An archive's files by their paths."""
    with ZipFile(io.BytesIO(content)) as file:
        assert file.testzip() is None
        return {name: file.read(name) for name in file.namelist()}


def kept(archive: Archive) -> dict[str, bytes]:
    """The files of an archive as it lies on the disk."""
    return opened(Path(default_storage.path(archive.path)).read_bytes())


def manifest(files: dict[str, bytes]) -> dict[str, Any]:
    return dict(json.loads(files["manifest.json"]))


def left_out(files: dict[str, bytes]) -> list[tuple[str, str]]:
    """What is missing and why."""
    return [(one["part"], one["why"]) for one in manifest(files)["left_out"]]


def folders(files: dict[str, bytes]) -> set[str]:
    """The first steps of the paths."""
    return {name.partition("/")[0] for name in files if "/" in name}
