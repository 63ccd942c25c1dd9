"""What an applicant's pages read: where to apply, documents with their versions, which of them one may read."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from ethicsreview.accounts.domain import MemberRole
from ethicsreview.accounts.models import Organisation, User
from ethicsreview.accounts.queries import organisations_with_role
from ethicsreview.files.models import FileVersion
from workflows.domain.rulebook import Rulebook
from workflows.domain.states import Role, State
from workflows.models import Case, CaseFile, Committee
from workflows.queries.folders import Folder
from workflows.queries.rulebooks import latest_rulebook, load_rulebook
from workflows.queries.submitted import citable, newest_submitted


def open_committees() -> list[tuple[Committee, Rulebook]]:
    """Committees that take applications, with the rules a case begun now would be pinned to."""
    rows = list(Committee.objects.open_to_applications().select_related("host").order_by("name", "pk"))
    rules = {slug: load_rulebook(latest_rulebook(slug)) for slug in {row.rulebook_slug for row in rows}}
    return [(row, rules[row.rulebook_slug]) for row in rows]


def applicants_of(user: User, day: date) -> list[Organisation]:
    """Organisations the person may apply for."""
    return list(organisations_with_role(user, MemberRole.APPLICANT, day))


def untouched_draft(user: User, committee: Committee, applicant: Organisation) -> Case | None:
    """A draft of the same kind that nothing was written into: a second click begins no second one."""
    drafts = Case.objects.filter(lead=user, committee=committee, applicant=applicant, state=State.DRAFT.value)
    empty = drafts.filter(applications__revision=0, applications__number=1, files__isnull=True, team__isnull=True)
    return empty.order_by("pk").first()


def versions_of(files: Iterable[CaseFile]) -> dict[int, list[FileVersion]]:
    """Upload id → every version of the document, newest first."""
    found: dict[int, list[FileVersion]] = defaultdict(list)
    rows = FileVersion.objects.filter(upload__in=[held.upload_id for held in files]).order_by("upload_id", "-number")
    for row in rows:
        found[row.upload_id].append(row)
    return dict(found)


@dataclass(frozen=True)
class Held:
    """A document of the case with the versions one reader may see, newest first.

    ``standing``: whether it belongs to the newest version of the application this reader sees.
    """

    file: int
    item: str
    standing: bool
    versions: tuple[FileVersion, ...]


def readable_files(folder: Folder) -> list[Held]:
    """Every document with a version that ``readable_version`` gives this person, in the order they came."""
    rows = list(CaseFile.objects.filter(case=folder.case).order_by("pk"))
    versions, own = versions_of(rows), Role.TEAM in folder.roles
    allowed = frozenset[int]() if own else citable(folder)
    newest = newest_submitted(folder)
    now = {row["file"] for row in newest.files} if newest else set()
    found = []
    for held in rows:
        kept = tuple(row for row in versions.get(held.upload_id, ()) if own or row.pk in allowed)
        standing = held.removed_at is None if own else held.pk in now
        if kept:
            found.append(Held(held.pk, held.item, standing, kept))
    return found


def readable_version(folder: Folder, file_id: int, number: int) -> FileVersion | None:
    """A version of one of the case's documents, if this person may read it.

    The applicant's side reads all of its own; the committee's side only what a submitted version froze.
    """
    held = CaseFile.objects.filter(case=folder.case, pk=file_id).first()
    version = FileVersion.objects.filter(upload=held.upload_id, number=number).first() if held else None
    if version is None or Role.TEAM in folder.roles:
        return version
    return version if version.pk in citable(folder) else None


def team_of(folder: Folder) -> list[User]:
    """The lead first, then those added, in the order they came."""
    rows = folder.case.team.select_related("user").order_by("pk")
    return [folder.case.lead, *(row.user for row in rows if row.user_id != folder.case.lead_id)]
