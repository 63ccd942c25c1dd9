"""What an authority reads through the interface is kept, for each of its authorities; what was refused never is."""

from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.db import connection
from django.utils import timezone

from assessments.models import DcmmClaim, Evidence
from ethicsreview.accounts.domain import MemberRole, OrganisationKind, Reach
from ethicsreview.accounts.models import Membership, User
from ethicsreview.audit.models import AuditEvent
from tests.api.answers import bytes_of, good
from tests.api.callers import Caller
from tests.authorities import make_regulator
from tests.driven import this_moment
from tests.editions import small_pdf
from tests.factories import make_file_version, make_membership, make_organisation
from tests.scenes import Scene, make_scene
from tests.verification_scenes import VerificationScene, make_verification_scene
from workflows.domain.states import State
from workflows.domain.verification_states import VState
from workflows.models import Case

pytestmark = pytest.mark.django_db
VERBS = ("case.read", "verification.read", "report.downloaded", "oversight.searched")


@pytest.fixture
def scene() -> Scene:
    return make_scene(this_moment())


@pytest.fixture
def verifying() -> VerificationScene:
    return make_verification_scene(this_moment())


def kept() -> list[tuple[str, dict[str, Any]]]:
    """Chain and facts of everything that was read or sought, the earliest first."""
    rows = AuditEvent.objects.filter(verb__in=VERBS).order_by("pk")
    return [(row.chain, row.facts) for row in rows]


def of_two_authorities() -> tuple[User, list[str]]:
    """A regulator of a country's and of a province's authority, and the chains of both."""
    user = make_regulator()
    second = make_organisation(kind=OrganisationKind.AUTHORITY, reach=Reach.PROVINCE, province="310000")
    make_membership(user=user, organisation=second, role=MemberRole.REGULATOR)
    offices = Membership.objects.filter(user=user).order_by("organisation").values_list("organisation", flat=True)
    return user, [f"organisation:{pk}" for pk in offices]


@pytest.mark.parametrize(
    ("path", "about"),
    [
        ("cases", "cases"),
        ("decisions", "decisions"),
        ("reports", "reports"),
        ("verifications", "verifications"),
        ("certificates", "maturity"),
    ],
)
def test_search_is_kept_by_each_authority_the_person_acts_for(path: str, about: str) -> None:
    user, chains = of_two_authorities()
    good(Caller(user, timezone.now()).get(path, {"limit": 3}))
    assert [(chain, facts["about"], facts["filters"]) for chain, facts in kept()] == [
        (chain, about, {"limit": "3"}) for chain in chains
    ]


@pytest.mark.parametrize(
    "asked", [{"fields": "nothing"}, {"cursor": "abc"}, {"limit": "0"}, {"state": "x"}, {"a": "b"}]
)
def test_refused_search_is_not_kept(asked: dict[str, str]) -> None:
    caller = Caller(make_regulator(), timezone.now())
    assert [caller.get(path, asked).status_code for path in ("cases", "verifications")] == [400, 400]
    assert kept() == []


def test_refused_reading_of_a_case_is_not_kept(scene: Scene) -> None:
    case, caller = scene.case_in(State.APPROVED), Caller(make_regulator(), timezone.now())
    held, path = case.files.order_by("pk")[0], f"cases/{case.reference}"
    document = f"{path}/files/{held.pk}/versions/1"
    pages = [caller.get(f"{document}/pages/{page}").status_code for page in (0, 999)]
    asked = [caller.get(one, {"fields": "nothing"}).status_code for one in (path, f"{path}/reports")]
    assert (pages, asked, kept()) == ([404, 404], [400, 400], [])
    assert caller.get(f"{document}/pages/1").status_code == 200
    assert [(facts["file"], facts["version"], facts["page"]) for _chain, facts in kept()] == [(held.pk, 1, 1)]


def test_reading_a_page_of_evidence_names_the_page(verifying: VerificationScene) -> None:
    row = verifying.verification_in(VState.CERTIFIED)
    piece = Evidence.objects.filter(self_assessment=row.self_assessment, confidential=False).order_by("pk")[0]
    content = small_pdf()
    version = make_file_version(by=verifying.lead, size=len(content), sha256=sha256(content).hexdigest())
    piece.file = version
    piece.save()
    caller, path = Caller(make_regulator(), timezone.now()), f"verifications/{row.pk}/evidence/{piece.pk}"
    lost = [caller.get(f"{path}/{part}").status_code for part in ("file", "pages/0", "pages/2")]
    assert (lost, kept()) == ([503, 404, 404], [])  # the row alone was made, no bytes
    write(version.path, content)
    assert bytes_of(caller.get(f"{path}/file")) == content
    assert caller.get(f"{path}/pages/1").status_code == 200
    told = [{name: facts.get(name) for name in ("evidence", "page")} for _chain, facts in kept()]
    assert told == [{"evidence": piece.pk, "page": None}, {"evidence": piece.pk, "page": 1}]


def write(path: str, content: bytes) -> None:
    """These bytes where a version says they lie."""
    place = Path(default_storage.path(path))
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(content)


def test_authority_is_told_no_more_than_its_page_shows(verifying: VerificationScene) -> None:
    row = verifying.verification_in(VState.CERTIFIED)
    with connection.cursor() as cursor:  # as if the certificate had come with its file
        cursor.execute("ALTER TABLE assessments_dcmmclaim DISABLE TRIGGER USER")
    DcmmClaim.objects.filter(self_assessment=row.self_assessment).update(file=make_file_version(by=verifying.lead))
    outside, inside = (Caller(user, timezone.now()) for user in (make_regulator(), verifying.assessor))
    pieces = [good(who.get(f"verifications/{row.pk}/evidence"))["pieces"] for who in (outside, inside)]
    secret, known = (next(one for one in told if one["confidential"]) for told in pieces)
    said = {name for name, value in secret.items() if value not in ("", None, [], 0)}
    assert said == {"id", "title", "confidential", "accepted"}
    assert (known["criteria"] != [], known["reference"]) == (True, "Archive 3")
    claims = [good(who.get(f"verifications/{row.pk}/dcmm"))["claim"]["file"] for who in (outside, inside)]
    assert (claims[0], claims[1]["content_type"]) == (None, "application/pdf")
    assert outside.get(f"verifications/{row.pk}/dcmm/file").status_code == 404


# -- what is being modified -------------------------------------------------------------------------------------------


def titles(case: Case, *callers: Caller) -> list[str]:
    return [good(caller.get(f"cases/{case.reference}"))["title"] for caller in callers]


def test_title_being_modified_is_the_applicants_until_it_is_handed_in(scene: Scene) -> None:
    case = scene.case_in(State.MODIFYING)
    people = (scene.lead, scene.secretary, scene.chair, scene.members[0], make_regulator())
    callers, before = [Caller(user, timezone.now()) for user in people], case.title
    good(callers[0].call("PATCH", f"cases/{case.reference}/application", {"answers": {"title": "Another name"}}))
    assert titles(case, *callers) == [before] * 5
    for caller in callers[1:]:
        found = [row["title"] for row in good(caller.get("cases"))["results"]]
        asked = good(caller.get("cases", {"text": "Another"}))["results"]
        assert (found, asked) == ([before], [])
    assert b"Another name" not in b"".join(
        caller.get(f"cases/{case.reference}{part}").content
        for caller in callers[1:]
        for part in ("", "/application", "/versions", "/history")
    )
    scene.resubmit(case)
    assert titles(case, *callers) == ["Another name"] * 5


def test_reasons_of_a_return_are_told_until_they_are_answered(scene: Scene) -> None:
    case = scene.case_in(State.CHECKING)
    chair, lead = (Caller(user, timezone.now()) for user in (scene.chair, scene.lead))

    def told() -> list[str]:
        return [good(who.get(f"cases/{case.reference}"))["return_reasons"] for who in (chair, lead)]

    assert told() == ["", ""]
    good(chair.post(f"cases/{case.reference}/return-modification", {"reasons": "Requirement 2 is open."}))
    assert told() == ["Requirement 2 is open."] * 2
    scene.resubmit(case)
    assert (Case.objects.get(pk=case.pk).return_reasons, told()) == ("Requirement 2 is open.", ["", ""])
