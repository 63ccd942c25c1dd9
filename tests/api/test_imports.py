"""The operator's bulk import by a program: every wrong cell named, then all of it or nothing."""

from datetime import datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from ethicsreview.accounts.domain import OrganisationKind
from ethicsreview.accounts.models import Membership, Organisation, User
from ethicsreview.audit.models import AuditEvent
from tests.api.callers import Caller
from tests.editions import publish_editions
from tests.factories import make_organisation
from tests.web.test_imports import WHOLE, book, counts
from workflows.models import Committee, Seat

pytestmark = pytest.mark.django_db


@pytest.fixture
def moment() -> datetime:
    """The moment of the calls: tokens are measured against it."""
    return timezone.now()


@pytest.fixture
def desk(operator: User, moment: datetime) -> Caller:
    """The operator's program; rulebooks and instruments are published."""
    publish_editions(moment)
    return Caller(operator, moment)


def files(**sheets: str) -> dict[str, list[SimpleUploadedFile]]:
    """CSV files, each named by its sheet."""
    return {"files": [SimpleUploadedFile(f"{name}.csv", text.encode()) for name, text in sheets.items()]}


@pytest.mark.parametrize("who", ["manager", "secretary", "regulator", "stranger"])
def test_for_everybody_else_there_is_no_such_address(
    who: str, moment: datetime, request: pytest.FixtureRequest
) -> None:
    caller = Caller(request.getfixturevalue(who), moment)
    answers = [
        caller.get("imports/template"),
        caller.send("imports/preview", files(**WHOLE)),
        caller.post("imports/take", {"token": "x"}),
    ]
    assert [answer.status_code for answer in answers] == [404, 404, 404]


def test_preview_tells_all_and_writes_nothing(desk: Caller) -> None:
    before = counts()
    told = desk.send("imports/preview", files(**WHOLE)).json()
    assert counts() == before
    assert [(one["kind"], one["new"]) for one in told["counts"]] == [
        ("organisation", 1),
        ("account", 1),
        ("role", 1),
        ("committee", 1),
        ("seat", 1),
    ]
    rows = [
        (sheet["sheet"], row["number"], row["title"], row["outcome"])
        for sheet in told["sheets"]
        for row in sheet["rows"]
    ]
    assert rows == [
        ("organisations", 2, "River University", "new"),
        ("people", 2, "Mei Member · mei@river.test", "new"),
        ("committees", 2, "River Committee", "new"),
        ("seats", 2, "mei@river.test", "new"),
    ]
    assert (told["written"], told["mails"], told["faults"], bool(told["token"])) == (5, 1, [], True)
    lacking = told["committees"][0]["missing"][0]
    assert (lacking["text"], bool(lacking["article"])) == ("The committee has too few members (1/7).", True)


def test_every_wrong_cell_is_named_and_nothing_can_be_taken(desk: Caller) -> None:
    sheets = {
        "Organisations": [["kind", "name"], ["review body", ""], ["castle", "Sand"]],
        "Notes": [["of mine"]],
    }
    sent = {"files": [SimpleUploadedFile("all.xlsx", book(**sheets))]}
    told = desk.send("imports/preview", sent).json()
    assert [(one["place"], one["code"]) for one in told["faults"]] == [
        ("Organisations!B2", "missing"),
        ("Organisations!A3", "unknown_choice"),
    ]
    assert (told["token"], told["fault_count"], told["sheets"], told["passed"]) == ("", 2, [], ["Notes"])


def test_a_file_that_is_none_is_a_fault_of_the_files(desk: Caller) -> None:
    for sent in ({"files": [SimpleUploadedFile("all.docx", b"x")]}, {}):
        answer = desk.send("imports/preview", sent)
        assert (answer.status_code, answer.json()["faults"][0]["pointer"]) == (400, "/files")


def test_taken_whole_and_a_second_time_nothing_is_written(desk: Caller, operator: User) -> None:
    token = desk.send("imports/preview", files(**WHOLE)).json()["token"]
    assert desk.post("imports/take", {"token": token}).json() == {"written": 5}
    assert (Committee.objects.get().code, Seat.objects.get().user.email) == ("RIVER", "mei@river.test")
    assert Membership.objects.get(user__email="mei@river.test").organisation.name == "River University"
    events = AuditEvent.objects.filter(actor=operator.pk, verb="organisation.created")
    assert events.count() == 1
    before = counts()
    assert desk.post("imports/take", {"token": token}).json() == {"written": 0}
    assert counts() == before


def test_what_stands_otherwise_by_now_is_shown_and_not_taken(desk: Caller) -> None:
    token = desk.send("imports/preview", files(**WHOLE)).json()["token"]
    make_organisation(kind=OrganisationKind.REVIEW_BODY, name="River University", name_zh="江河大学")
    before = counts()
    answer = desk.post("imports/take", {"token": token})
    assert (answer.status_code, answer.json()["type"], counts()) == (409, "/api/v1/docs/#problem-overtaken", before)
    anew = answer.json()["standing"]
    assert (anew["written"], anew["counts"][0]["same"]) == (4, 1)
    assert desk.post("imports/take", {"token": anew["token"]}).json() == {"written": 4}
    assert Organisation.objects.filter(name="River University").count() == 1


def test_a_preview_is_of_whom_it_was_made_for(desk: Caller, moment: datetime) -> None:
    other = Caller(User.objects.create_superuser("other@operator.test", "x", name="Other"), moment)
    token = desk.send("imports/preview", files(**WHOLE)).json()["token"]
    answer = other.post("imports/take", {"token": token})
    assert (answer.status_code, answer.json()["faults"][0]["pointer"]) == (400, "/token")


def test_template_comes_in_the_callers_language(operator: User, moment: datetime, desk: Caller) -> None:
    chinese = Caller(operator, moment, language="zh-hans")
    found = [desk.get("imports/template"), chinese.get("imports/template")]
    assert [answer["Content-Disposition"] for answer in found] == ['attachment; filename="import.xlsx"'] * 2
    assert found[0].content != found[1].content
