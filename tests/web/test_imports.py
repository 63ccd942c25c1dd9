"""The operator's bulk import: a preview that writes nothing, and the confirmation of exactly what it showed."""

import io
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from ethicsreview.accounts.domain import OrganisationKind
from ethicsreview.accounts.models import Membership, Organisation, User
from ethicsreview.audit.models import AuditEvent
from ethicsreview.files.models import FileVersion
from tests.editions import publish_editions
from tests.factories import make_organisation, make_user
from workflows.domain.bulk_sheets import COLUMNS, Sheet
from workflows.forms import bulk
from workflows.forms.bulk_offer import SALT
from workflows.models import Committee, Seat

pytestmark = pytest.mark.django_db

PAGE, TAKE, TEMPLATE = "/imports/", "/imports/take/", "/imports/template.xlsx"
ORGANISATIONS = "key,kind,name,name_zh\nuni,review body,River University,江河大学\n"
PEOPLE = "mail,name,organisation,role\nmei@river.test,Mei Member,uni,committee member\n"
COMMITTEES = "key,host,code,name,rulebook,instrument\nroom,uni,RIVER,River Committee,cn-ai-2026,eight-points\n"
SEATS = (
    "committee,mail,role,categories,sex,from,until\nroom,mei@river.test,Chair,Law,Female,2026/12/1,2029年11月30日\n"
)
WHOLE = {"organisations": ORGANISATIONS, "people": PEOPLE, "committees": COMMITTEES, "seats": SEATS}


@pytest.fixture
def desk(operator: User, client: Client) -> Client:
    """The operator at the browser; rulebooks and instruments are published."""
    publish_editions(timezone.now())
    client.force_login(operator)
    return client


def file(name: str, content: str | bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content.encode() if isinstance(content, str) else content)


def send(client: Client, **sheets: str | bytes) -> Any:
    """Send CSV files, each named by its sheet."""
    return client.post(PAGE, {"uploads": [file(f"{name}.csv", content) for name, content in sheets.items()]})


def send_file(client: Client, name: str, content: bytes) -> Any:
    return client.post(PAGE, {"uploads": [file(name, content)]})


def book(**sheets: list[list[object]]) -> bytes:
    """A workbook with these sheets."""
    made = Workbook()
    made.remove(made.active)
    for name, rows in sheets.items():
        sheet = made.create_sheet(name)
        for row in rows:
            sheet.append(row)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def counts() -> tuple[int, ...]:
    kinds = (Organisation, User, Membership, Committee, Seat, AuditEvent, FileVersion)
    return tuple(kind._default_manager.count() for kind in kinds)


def wrong(answer: Any) -> list[tuple[str, str]]:
    return [(fault["place"], fault["text"]) for fault in answer.context["faults"]]


def errors(answer: Any) -> list[str]:
    assert answer.status_code == 400
    return list(answer.context["form"].errors["uploads"])


# -- who


@pytest.mark.parametrize("who", ["manager", "secretary", "regulator", "stranger"])
def test_for_everybody_else_there_is_no_such_page(client: Client, who: str, request: pytest.FixtureRequest) -> None:
    client.force_login(request.getfixturevalue(who))
    codes = [client.get(PAGE), send(client, **WHOLE), client.post(TAKE, {"token": "x"}), client.get(TEMPLATE)]
    assert [answer.status_code for answer in codes] == [404, 404, 404, 404]


def test_visitors_are_asked_to_sign_in(client: Client) -> None:
    assert client.get(PAGE)["Location"] == f"/accounts/sign-in/?next={PAGE}"


def test_the_operator_finds_the_page_and_nobody_else_is_shown_the_way(desk: Client, manager: User) -> None:
    make_organisation()
    assert desk.get("/accounts/organisation/").content.decode().count(f'href="{PAGE}"') == 2
    desk.force_login(manager)
    assert f'href="{PAGE}"' not in desk.get("/accounts/profile/").content.decode()


def test_wrong_methods_are_refused(desk: Client) -> None:
    assert [desk.get(TAKE).status_code, desk.put(PAGE).status_code, desk.post(TEMPLATE).status_code] == [405, 405, 405]


# -- the preview


def test_preview_counts_shows_each_row_and_writes_nothing(desk: Client) -> None:
    before = counts()
    answer = send(desk, **WHOLE)
    assert (answer.status_code, counts()) == (200, before)
    assert [(str(one["label"]), one["new"], one["changed"], one["same"]) for one in answer.context["counts"]] == [
        ("Organisations", 1, 0, 0),
        ("Accounts", 1, 0, 0),
        ("Roles", 1, 0, 0),
        ("Committees", 1, 0, 0),
        ("Seats", 1, 0, 0),
    ]
    rows = [
        (str(part["title"]), row["number"], row["title"], str(row["label"]))
        for part in answer.context["sections"]
        for row in part["rows"]
    ]
    assert rows == [
        ("Organisations", 2, "River University", "New"),
        ("People", 2, "Mei Member · mei@river.test", "New"),
        ("Committees", 2, "River Committee", "New"),
        ("Seats", 2, "mei@river.test", "New"),
    ]
    assert "Import 5 entries" in answer.content.decode()


def test_preview_tells_what_the_committee_would_lack_by_which_article(desk: Client) -> None:
    (committee,) = send(desk, **WHOLE).context["committees"]
    assert (committee["name"], committee["day"].isoformat()) == ("River Committee", "2026-12-01")
    assert committee["needed"][0]["text"] == "The committee has too few members (1/7)."
    assert all(gap["article"] for gap in committee["needed"])


def test_every_wrong_cell_is_named_with_what_may_stand_there(desk: Client) -> None:
    answer = send(
        desk,
        organisations=ORGANISATIONS.replace("review body", "firm").replace("name_zh", "naem"),
        people=PEOPLE.replace("committee member", "member").replace("mei@", "mei"),
    )
    kinds = "enterprise; review body; service centre; authority"
    heads = "Key; Kind; Name; Name in Chinese; Unified social credit code; Province; Sector; Jurisdiction; Covers"
    assert wrong(answer) == [
        ("organisations!D1", f"No column is called “naem”. Columns here: {heads}"),
        ("organisations!B2", f"Kind: “firm” is none of: {kinds}"),
        ("people!A2", "Mail address: “meiriver.test” is no mail address."),
    ]
    assert "token" not in answer.context
    assert "While one cell is wrong, nothing of the file is taken." in answer.content.decode()


def test_wrong_cells_are_named_in_chinese_too(desk: Client, operator: User) -> None:
    operator.language = "zh-hans"
    operator.save()
    (place, text), *_more = wrong(send(desk, people=PEOPLE.replace("committee member", "king")))
    assert place == "people!D2"
    assert "king" in text
    assert "委员" in text


def test_only_so_many_wrong_cells_are_listed(desk: Client) -> None:
    answer = send(desk, people="mail\n" + "x\n" * 400)
    assert (len(answer.context["faults"]), answer.context["fault_count"]) == (300, 400)
    assert "and 100 more" in answer.content.decode()


def test_thirty_rows_are_previewed_with_as_many_queries_as_three(desk: Client) -> None:
    send(desk, **many(1))  # rulebooks are parsed once in a process
    assert [queries_of(desk, number) for number in (3, 30)] == [9, 9]
    desk.post(TAKE, {"token": token_of(send(desk, **many(30)))})
    assert [queries_of(desk, number) for number in (3, 30)] == [11, 11]


def queries_of(client: Client, number: int) -> int:
    with CaptureQueriesContext(connection) as queries:
        assert send(client, **many(number)).context["fault_count"] == 0
    return len(queries)


def many(number: int) -> dict[str, str]:
    lines = {name: text.splitlines()[0] for name, text in WHOLE.items()}
    for n in range(1, number + 1):
        lines["organisations"] += f"\nb{n},review body,Body {n},"
        lines["people"] += f"\np{n}@body.test,Person {n},b{n},committee member"
        lines["committees"] += f"\nc{n},b{n},C{n},Committee {n},cn-ai-2026,eight-points"
        lines["seats"] += f"\nc{n},p{n}@body.test,Chair,Law,Female,2026-12-01,2029-11-30"
    return lines


# -- taking it


def token_of(answer: Any) -> str:
    return str(answer.context["token"])


def test_confirming_takes_what_was_shown_and_a_second_click_takes_nothing(desk: Client, operator: User) -> None:
    token = token_of(send(desk, **WHOLE))
    first = desk.post(TAKE, {"token": token}, follow=True)
    assert [str(message) for message in first.context["messages"]] == ["5 entries were imported."]
    after = counts()
    second = desk.post(TAKE, {"token": token}, follow=True)
    assert [str(message) for message in second.context["messages"]] == [
        "All of this stands already; nothing was changed."
    ]
    assert counts() == after
    assert Seat.objects.get().committee.code == "RIVER"
    assert send(desk, **WHOLE).context["written"] == 0


def test_what_changed_in_between_is_shown_anew(desk: Client) -> None:
    token = token_of(send(desk, **WHOLE))
    make_user(email="mei@river.test", name="Mei Other")
    before = counts()
    stale = desk.post(TAKE, {"token": token})
    assert (stale.status_code, stale.context["stale"], counts()) == (409, True, before)
    assert stale.context["sections"][1]["rows"][0]["lines"][0] == "Name: Mei Other → Mei Member"
    again = desk.post(TAKE, {"token": token_of(stale)}, follow=True)
    assert [str(message) for message in again.context["messages"]] == ["5 entries were imported."]


def test_a_token_of_somebody_else_or_made_up_is_nothing(desk: Client, client: Client) -> None:
    token = token_of(send(desk, **WHOLE))
    client.force_login(make_user(is_staff=True))
    before = counts()
    for tried in (token, token[:-3] + "abc", "", SALT):
        answer = client.post(TAKE, {"token": tried}, follow=True)
        assert [str(message) for message in answer.context["messages"]] == [
            "The preview is no longer valid. Please send the files again."
        ]
    assert counts() == before


# -- files


def test_template_says_what_each_column_takes_and_comes_back_as_it_is(desk: Client) -> None:
    answer = desk.get(TEMPLATE)
    made = load_workbook(io.BytesIO(answer.content))
    assert made.sheetnames == ["How to fill it in", "Organisations", "People", "Committees", "Seats", "Lists"]
    told = {(row[0], row[1].removesuffix(" *")) for row in made.worksheets[0].iter_rows(values_only=True) if row[1]}
    heads = {
        (str(made[sheet.value.title()].title), cell.value.removesuffix(" *"))
        for sheet in Sheet
        for cell in made[sheet.value.title()][1]
    }
    assert told - {("Sheet", "Column")} == heads
    assert len(heads) == sum(map(len, COLUMNS.values()))
    lists = [len(made[sheet.value.title()].data_validations.dataValidation) for sheet in Sheet]
    assert lists == [3, 2, 2, 3]
    for name in ("Organisations", "People", "Committees", "Seats"):
        made[name]["A2"].value = None
    empty = send_file(desk, "import.xlsx", answer.content)
    assert (empty.context["written"], empty.context["passed"], wrong(empty)) == (0, "", [])


def test_template_in_chinese_is_read_back(desk: Client, operator: User) -> None:
    operator.language = "zh-hans"
    operator.save()
    made = load_workbook(io.BytesIO(desk.get(TEMPLATE).content))
    sheet = made.worksheets[1]
    sheet.append(["uni", "审查机构", "River University", "江河大学"])
    out = io.BytesIO()
    made.save(out)
    answer = send_file(desk, "导入.xlsx", out.getvalue())
    assert (wrong(answer), answer.context["written"]) == ([], 1)
    assert answer.context["sections"][0]["rows"][0]["title"] == "江河大学"


def test_workbook_cells_are_read_as_they_are_meant(desk: Client) -> None:
    make_organisation(kind=OrganisationKind.REVIEW_BODY, name="River University")
    people: list[list[object]] = [
        ["Mail address", "Name", "Organisation *", "Role", "From", "Until"],
        ["mei@river.test", "Mei", "River University", "manager", date(2026, 12, 1), "２０２７年１月３１日"],
        [],
        ["si@river.test", 7, "River University", "secretary", None, None],
    ]
    answer = send_file(desk, "a.xlsx", book(people=people, Other=[["x"]]))
    assert (wrong(answer), answer.context["passed"]) == ([], "Other")
    first, second = answer.context["sections"][0]["rows"]
    assert first["lines"][1] == "manager at River University, from 1 December 2026 until 31 January 2027"
    assert (second["number"], second["title"]) == (4, "7 · si@river.test")


def test_formula_that_nobody_computed_is_named_and_text_like_one_stays_text(desk: Client) -> None:
    rows: list[list[object]] = [["kind", "name"], ["enterprise", "=cmd|' /C calc'!A0"]]
    assert wrong(send_file(desk, "a.xlsx", book(organisations=rows))) == [
        ("organisations!B2", "Name: a formula that has not been computed. Write the value itself.")
    ]
    token = token_of(send(desk, organisations="kind,name\nenterprise,=cmd|' /C calc'!A0\n"))
    desk.post(TAKE, {"token": token})
    assert Organisation.objects.get().name == "=cmd|' /C calc'!A0"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_csv_is_read_whatever_saved_it(desk: Client, encoding: str, separator: str) -> None:
    text = (
        '种类,名称,中文名称\r\n"企业","Heron, Ltd","苍鹭"\r\n'.replace('",', f'"{separator}')
        .replace("类,", f"类{separator}")
        .replace("称,", f"称{separator}")
    )
    answer = send(
        desk, 机构=text.replace("种类", "kind").replace("中文名称", "name_zh").replace("名称", "name").encode(encoding)
    )
    assert wrong(answer) == []
    assert answer.context["sections"][0]["rows"][0]["title"] == "Heron, Ltd"


def test_csv_of_any_name_is_known_by_its_heads(desk: Client) -> None:
    answer = send(desk, **{f"office-{number}": content for number, content in enumerate(WHOLE.values())})
    assert (wrong(answer), answer.context["written"]) == ([], 5)


def test_files_that_cannot_be_one_import_are_refused_in_plain_words(desk: Client) -> None:
    assert errors(desk.post(PAGE)) == ["This field is required."]
    assert errors(send_file(desk, "a.docx", b"PK\x03\x04")) == ["a.docx: send files whose names end in .xlsx or .csv."]
    assert errors(send_file(desk, "a.xlsx", b"no zip")) == [
        "a.xlsx: The name ends in .xlsx, but the content is something else."
    ]
    assert errors(send(desk, people="x\x00y")) == [
        "people.csv: The file is not readable text. Save it as CSV or plain text in UTF-8."
    ]
    assert errors(send(desk, thing="a,b\n1,2\n")) == [
        "No sheet has a name or column heads that are known here. Take the template."
    ]
    assert errors(send(desk, people=PEOPLE, staff=PEOPLE)) == [
        "“staff” is a second sheet of the same kind; put its rows into one."
    ]
    nine = {"uploads": [file(f"{n}.csv", PEOPLE) for n in range(9)]}
    assert errors(desk.post(PAGE, nine)) == ["Send at most 8 files at once."]


def test_more_rows_or_bytes_than_one_import_takes(desk: Client) -> None:
    rows = "mail\n" + "".join(f"p{n}@b.test\n" for n in range(3000))
    seats = "committee,mail,role,from\n" + "c,a@b.test,Chair,2026-12-01\n" * 2001
    assert errors(send(desk, people=rows, seats=seats)) == [
        "There are more than 5,000 rows; send them in parts: organisations first, then people, seats last."
    ]
    assert errors(send(desk, people=b"x" * (5 << 20) + b"x")) == [
        "Together the files are larger than 5.0\xa0MB; send them in parts."
    ]


def test_more_than_a_page_can_carry_is_refused(desk: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workflows.forms.bulk_offer.IMPORT_TOKEN", 10)
    assert errors(send(desk, **WHOLE)) == ["This is too much for one import; send it in parts."]


def test_a_file_that_unpacks_to_too_much_is_refused(desk: Client) -> None:
    plain = io.BytesIO(book(people=[["mail"]]))
    bomb = io.BytesIO()
    with zipfile.ZipFile(plain) as old, zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.namelist():
            new.writestr(entry, old.read(entry))
        new.writestr("xl/more.xml", b" " * (30 << 20))
    assert errors(send_file(desk, "a.xlsx", bomb.getvalue())) == [
        "a.xlsx: The file unpacks to far more than it should, or takes too long to open."
    ]


def test_a_sheet_that_says_it_has_a_million_rows_is_read_to_its_end(desk: Client) -> None:
    made = Workbook()
    made.active.title = "people"
    made.active["A1"], made.active["A1048576"] = "mail", "nobody"
    out = io.BytesIO()
    made.save(out)
    assert wrong(send_file(desk, "a.xlsx", out.getvalue())) == [
        ("people!A1048576", "Mail address: “nobody” is no mail address.")
    ]


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.one_of(
        st.binary(min_size=1, max_size=400),
        st.text(min_size=1, max_size=300).map(lambda text: ("mail,name\n" + text).encode()),
    )
)
def test_any_bytes_are_a_preview_or_an_error_in_words(desk: Client, content: bytes) -> None:
    assert send_file(desk, "people.csv", content).status_code in {200, 400}
    assert send_file(desk, "people.xlsx", b"PK\x03\x04" + content).status_code == 400


SMALL = book(people=[["mail", "name"], ["a@b.test", "A"]])
SLIPS = st.lists(st.tuples(st.integers(0, len(SMALL) - 1), st.integers(0, 255)), min_size=1, max_size=6)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(slips=SLIPS)
def test_any_change_to_a_workbook_is_read_or_refused(slips: list[tuple[int, int]], tmp_path: Path) -> None:
    """The reader alone, without the inspection before it: it must hold by itself."""
    content = bytearray(SMALL)
    for place, byte in slips:
        content[place] = byte
    path = tmp_path / "people.xlsx"
    path.write_bytes(content)
    try:
        found = bulk.read_file(path, "people.xlsx", 100)
    except (bulk.Unreadable, bulk.BadFile, bulk.TooMany):
        return
    assert len(found) <= 1
