"""Search: who finds what, by which words and filters, in how many queries, page by page."""

import re
from datetime import datetime, timedelta
from urllib.parse import parse_qs

import pytest
from django.db import connection
from pytest_django import DjangoAssertNumQueries

from assessments.models import SelfAssessment
from ethicsreview.accounts.domain import OrganisationKind
from ethicsreview.accounts.models import Organisation, User
from ethicsreview.accounts.queries import signed_in_person
from ethicsreview.portal.domain.reading import parse
from ethicsreview.portal.domain.searches import Kind, Place, Search, Side, at
from ethicsreview.portal.queries import search as searching
from ethicsreview.portal.queries.search import PAGE, Found, Results, find, found_elsewhere, run
from ethicsreview.portal.queries.sources import SOURCES, Source
from tests.factories import make_organisation
from tests.maturity_scenes import make_enterprise, make_self_assessment
from tests.scenes import Scene, make_scene
from tests.search_rows import make_case, make_decision, make_letter, make_verified
from workflows.actions.conflicts import declare_conflict
from workflows.domain.states import State
from workflows.domain.verification_states import VState
from workflows.models import Case, Committee, Verification


@pytest.fixture
def scene(db: None, now: datetime) -> Scene:
    return make_scene(now)


def asked(query: str) -> Search:
    reading = parse(parse_qs(query))
    assert reading.faults == ()
    return reading.search


def results(scene: Scene, user: User, search: Search | str) -> Results:
    day = scene.now.date()
    person = signed_in_person(user.pk, day)
    assert person is not None
    return run(asked(search) if isinstance(search, str) else search, user=person, day=day, now=scene.now)


def titles(scene: Scene, user: User, query: str) -> list[str]:
    return [case.title for case in results(scene, user, query).rows]


def counted(found: Results) -> dict[str, list[tuple[object, int]]]:
    return {name.value: [(one.value, one.number) for one in counts] for name, counts in found.facets.items() if counts}


# -- rights -----------------------------------------------------------------------------------------------------------


def everything(scene: Scene) -> None:
    make_letter(make_decision(make_case(scene, 1)))
    make_verified(scene, 1)


@pytest.mark.parametrize("kind", [Kind.CASES, Kind.DECISIONS, Kind.MATURITY, Kind.REPORTS])
def test_stranger_finds_nothing_and_counts_nothing(scene: Scene, stranger: User, kind: Kind) -> None:
    everything(scene)
    found = results(scene, stranger, f"kind={kind}")
    assert (found.rows, found.total, counted(found)) == ([], 0, {})


def test_nothing_is_found_elsewhere_but_the_committees(scene: Scene, stranger: User, regulator: User) -> None:
    everything(scene)
    search, day = Search(), scene.now.date()
    told = {"day": day, "now": scene.now}
    assert found_elsewhere(search, user=stranger, **told) == {
        Kind.COMMITTEES: 1,
        Kind.DECISIONS: 0,
        Kind.MATURITY: 0,
        Kind.REPORTS: 0,
    }
    assert found_elsewhere(search, user=regulator, **told) == {
        Kind.COMMITTEES: 1,
        Kind.DECISIONS: 1,
        Kind.MATURITY: 1,
        Kind.REPORTS: 2,
    }


def test_regulator_finds_what_lies_in_the_jurisdiction(scene: Scene, regulator: User) -> None:
    everything(scene)
    totals = [results(scene, regulator, f"kind={kind}").total for kind in Kind]
    assert totals == [1, 1, 1, 1, 2]


def test_recused_member_finds_the_case_through_nothing(scene: Scene) -> None:
    open_one, closed = (
        make_case(scene, 1),
        make_case(scene, 2, title="Crop sorting", procedure="simplified", tier="T3"),
    )
    make_letter(make_decision(closed, reasons_en="The crops are sorted well."))
    member = scene.members[0]
    kind = scene.rules.conflicts[0].code
    declare_conflict(closed.pk, member, kind=kind, reason="Kin.", actor=member, now=scene.now)
    found = results(scene, member, "kind=cases")
    assert ([case.pk for case in found.rows], found.total) == ([open_one.pk], 1)
    assert {name: values for name, values in counted(found).items() if name in {"tier", "procedure", "committee"}} == {
        "tier": [("T2", 1)],
        "procedure": [("general", 1)],
        "committee": [(str(scene.committee.pk), 1)],
    }
    for query in ("kind=cases&q=crop", "kind=cases&procedure=simplified", "kind=decisions&q=crops", "kind=reports"):
        nothing = results(scene, member, query)
        assert (nothing.rows, nothing.total) == ([], 0), query
    assert titles(scene, scene.members[1], "kind=cases&q=crop") == ["Crop sorting"]
    assert find(str(closed.reference), user=member, day=scene.now.date()) == Found()


def test_draft_and_unaccepted_cases_are_found_by_their_side_alone(scene: Scene, regulator: User) -> None:
    draft = make_case(scene, 1, reference=None, state=State.DRAFT.value, accepted_at=None)
    sent = make_case(scene, 2, state=State.SUBMITTED.value, accepted_at=None)
    people = [scene.lead, scene.secretary, scene.members[0], regulator]
    found = [[case.pk for case in results(scene, user, "kind=cases").rows] for user in people]
    assert found == [[sent.pk, draft.pk], [sent.pk], [], []]


def test_decision_being_drafted_is_not_found(scene: Scene) -> None:
    make_decision(make_case(scene, 1), issued_at=None)
    assert results(scene, scene.secretary, "kind=decisions").total == 0


def test_enterprise_finds_its_own(scene: Scene) -> None:
    mine, theirs = make_enterprise(), make_enterprise(name="Other Ltd", name_zh="其他")
    make_verified(scene, 1, mine)
    make_verified(scene, 2, theirs)
    begun = make_self_assessment(mine, now=scene.now, legal_entity="Heron Second")
    found = results(scene, mine.lead, "kind=maturity")
    assert [row.organisation_id for row in found.rows] == [mine.organisation.pk] * 2
    assert [row.pk for row in results(scene, mine.lead, "kind=maturity&q=second").rows] == [begun.pk]
    assert results(scene, mine.lead, "kind=reports").total == 1


# -- words ------------------------------------------------------------------------------------------------------------

TITLES = (
    "人工智能伦理审查",
    "Crop sorting by ＤＲＯＮＥ",
    "基于Whisper的语音识别",
    "100% recall\\precision",
    "It's a_b",
    "Über das Messen",
)


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("伦理", [0]),
        ("能伦理审", [0]),
        ("审", [0]),
        ("伦审", []),
        ("语音 whisper", [2]),
        ("whisper的语", [2]),
        ("语音 伦理", []),
        ("CROP", [1]),
        ("crop drone", [1]),
        ("cropsorting", []),
        ("%", [3]),
        ("0%", [3]),
        ("_", [4]),
        ("a_b", [4]),
        ("axb", []),
        ("'", [4]),
        ("\\", [3]),
        ("l\\p", [3]),
        ("über", [5]),
        ("z", []),
        ("lks-2026-0003", [3]),
        ("LKS20260003", [3]),
        ("2026 crop", [1]),
        ("herons", [0, 1, 2, 3, 4, 5]),
        ("苍鹭", [0, 1, 2, 3, 4, 5]),
        ("湖畔", [0, 1, 2, 3, 4, 5]),
        ("苍鹭 识别", [2]),
        ("😀", []),
    ],
)
@pytest.mark.parametrize("matches", [2_000, 0], ids=["looked up", "read"])
def test_words_are_found_wherever_they_stand(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, words: str, found: list[int], matches: int
) -> None:
    monkeypatch.setattr(searching, "MATCHES", matches)
    Organisation.objects.filter(pk=scene.company.pk).update(name="Herons Ltd", name_zh="苍鹭有限公司")
    Organisation.objects.filter(pk=scene.host.pk).update(name="Shore", name_zh="湖畔")
    Committee.objects.filter(pk=scene.committee.pk).update(name="Board", name_zh="委员会")
    for number, title in enumerate(TITLES):
        make_case(scene, number, title=title)
    rows = results(scene, scene.secretary, Search(text=words)).rows
    assert sorted(TITLES.index(case.title) for case in rows) == found


@pytest.mark.parametrize("matches", [2_000, 0], ids=["looked up", "read"])
@pytest.mark.parametrize(
    ("kind", "words", "total"),
    [
        (Kind.COMMITTEES, "LKS", 1),
        (Kind.DECISIONS, "风险可控", 1),
        (Kind.DECISIONS, "contained lks20260001", 1),
        (Kind.DECISIONS, "contained nowhere", 0),
        (Kind.MATURITY, "aim20260001", 1),
        (Kind.MATURITY, "企业1 enterprise", 1),
        (Kind.MATURITY, "v-", 1),
        (Kind.REPORTS, "lks-2026-0001", 1),
        (Kind.REPORTS, "AIM-2026-0001", 1),
        (Kind.REPORTS, "企业1", 1),
    ],
)
def test_each_kind_is_found_by_its_own_words(
    scene: Scene,
    regulator: User,
    monkeypatch: pytest.MonkeyPatch,
    kind: Kind,
    words: str,
    total: int,
    matches: int,
) -> None:
    monkeypatch.setattr(searching, "MATCHES", matches)
    monkeypatch.setattr(searching, "MATCHES_IN_PROSE", matches)
    Committee.objects.filter(pk=scene.committee.pk).update(code="LKS")
    everything(scene)
    assert results(scene, regulator, Search(kind=kind, text=words)).total == total


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.name)
def test_every_place_of_a_word_is_served_by_an_index(db: None, source: Source) -> None:
    with connection.cursor() as cursor:
        for way in ("seqscan", "indexscan", "indexonlyscan"):  # empty tables tempt a planner to read all of them
            cursor.execute(f"SET LOCAL enable_{way} = off")
        for rows in source.matches("伦理审查", {}):
            plan = rows.explain()
            assert len(re.findall(r"Bitmap Index Scan on \w+_terms", plan)) == 1, plan


def test_who_else_was_asked_for_a_verification_is_not_found(scene: Scene, regulator: User) -> None:
    certificate = make_verified(scene, 1)
    asked = make_organisation(kind=OrganisationKind.REVIEW_BODY, name="Quill Bureau")
    known = certificate.verification
    Verification.objects.create(
        self_assessment=known.self_assessment,
        snapshot=known.snapshot,
        host=asked,
        scheme=known.scheme,
        reference="V-QUILL-2026-0001",
        state=VState.RETURNED.value,
        created_at=scene.now,
        changed_at=scene.now,
    )
    told = [results(scene, regulator, Search(kind=Kind.MATURITY, text=words)).total for words in ("quill", "lakeside")]
    assert told == [0, 1]


# -- filters and counts -----------------------------------------------------------------------------------------------


def many(scene: Scene) -> None:
    make_case(scene, 1, tier="T1", state=State.VOTING.value)
    make_case(scene, 2, tier="T2", state=State.VOTING.value, procedure="simplified")
    make_case(scene, 3, tier="T2", applicant=make_organisation(name="Wren"))
    make_case(scene, 4, tier="T3", submitted_at=scene.now - timedelta(days=400))


def test_a_filter_is_left_out_of_its_own_counts(scene: Scene) -> None:
    many(scene)
    found = results(scene, scene.secretary, "kind=cases&tier=T2&state=voting")
    counts = counted(found)
    assert (found.total, [case.title for case in found.rows]) == (1, ["Case 2"])
    assert (counts["tier"], counts["state"], counts["procedure"]) == (
        [("T1", 1), ("T2", 1)],
        [("accepted", 1), ("voting", 1)],
        [("simplified", 1)],
    )


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("state=voting", [2, 1]),
        ("procedure=general", [4, 3, 1]),
        ("tier=T3", [4]),
        ("province=310000&sector=health", [4, 3, 2, 1]),
        ("province=110000", []),
        ("year=2025", [4]),
        ("year=2026", [3, 2, 1]),
        ("from=2026-11-24", [3, 2, 1]),
        ("until=2026-11-23", [4]),
        ("from=2025-10-20&until=2025-10-20", [4]),
        ("overdue=on", [4]),
        ("committee=999999", []),
        ("order=reversed", [1, 2, 3, 4]),
    ],
)
def test_filters_narrow(scene: Scene, query: str, found: list[int]) -> None:
    Organisation.objects.filter(pk=scene.host.pk).update(province="310000", sector="health")
    many(scene)
    Case.objects.filter(tier="T3").update(clock_started_at=scene.now - timedelta(days=400))
    assert titles(scene, scene.secretary, f"kind=cases&{query}") == [f"Case {number}" for number in found]


def test_overdue_and_years_are_counted(scene: Scene) -> None:
    many(scene)
    Case.objects.filter(tier="T3").update(clock_started_at=scene.now - timedelta(days=400))
    counts = counted(results(scene, scene.secretary, "kind=cases"))
    assert (counts["overdue"], counts["year"]) == ([("true", 1)], [("2026", 3), ("2025", 1)])


def test_certificates_are_narrowed_by_tier_and_state(scene: Scene, regulator: User) -> None:
    make_verified(scene, 1, tier=2)
    make_verified(scene, 2, tier=4)
    found = results(scene, regulator, "kind=maturity&tier=4&state=valid")
    assert [row.certificate_number for row in found.rows] == ["AIM-2026-0002"]
    assert counted(found)["tier"] == [("2", 1), ("4", 1)]


def test_more_than_are_counted_is_said(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    many(scene)
    assert (results(scene, scene.secretary, "kind=cases").total, searching.COUNTED) == (4, 1_000)
    monkeypatch.setattr(searching, "COUNTED", 3)
    found = results(scene, scene.secretary, "kind=cases")
    assert (found.total, found.capped, counted(found)["tier"]) == (4, True, [("T2", 2), ("T3", 1)])


def test_common_words_are_counted_among_the_newest(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    many(scene)
    monkeypatch.setattr(searching, "MATCHES", 0)
    monkeypatch.setattr(searching, "READ", 2)
    found = results(scene, scene.secretary, "kind=cases&q=case")
    assert (found.total, found.capped, counted(found)["tier"]) == (4, True, [("T2", 1), ("T3", 1)])


# -- pages ------------------------------------------------------------------------------------------------------------


def walked(scene: Scene, user: User, search: Search, *, forth: bool) -> list[int]:
    """Ids page by page, from the first to the last or back, while a newer row comes in before each page."""
    seen: list[int] = []
    place = None if forth else Place(Side.LAST)
    for number in range(20):
        found = results(scene, user, at(search, place))
        ids = [row.listed_as for row in found.rows]
        seen = [*seen, *ids] if forth else [*ids, *seen]
        place = found.next if forth else found.previous
        if place is None:
            return seen
        make_case(scene, 1000 + 100 * int(forth) + number)
    raise AssertionError("the pages do not end")


@pytest.mark.parametrize("reverse", [False, True])
def test_each_row_is_seen_once_while_rows_come_in(scene: Scene, reverse: bool) -> None:
    made = [make_case(scene, number) for number in range(2 * PAGE + 7)]
    moment = scene.now
    Case.objects.filter(pk__in=[case.pk for case in made[10:40]]).update(changed_at=moment)
    before = [*Case.objects.order_by("changed_at", "pk").values_list("pk", flat=True)]
    search = asked("kind=cases&order=reversed" if reverse else "kind=cases")
    expected = before if reverse else before[::-1]
    for forth in (True, False):
        seen = walked(scene, scene.secretary, search, forth=forth)
        assert len(seen) == len(set(seen))
        assert [pk for pk in seen if pk in before] == expected


def test_last_page_is_full_and_has_no_next(scene: Scene) -> None:
    for number in range(PAGE + 3):
        make_case(scene, number)
    last = results(scene, scene.secretary, "kind=cases&last=1")
    assert ([case.title for case in last.rows][-1], len(last.rows), last.next) == ("Case 0", PAGE, None)
    assert last.previous is not None
    first = results(scene, scene.secretary, at(Search(), last.previous))
    assert ([case.title for case in first.rows], first.previous) == (["Case 27", "Case 26", "Case 25"], None)


def test_reports_of_both_halves_stand_in_one_order(scene: Scene, regulator: User) -> None:
    for number in (1, 3):
        make_letter(make_decision(make_case(scene, number)))
    make_verified(scene, 2)
    rows = results(scene, regulator, "kind=reports").rows
    assert [type(row).__name__ for row in rows] == ["CaseReport", "VerificationReport", "CaseReport"]
    assert [row.listed_at for row in rows] == sorted((row.listed_at for row in rows), reverse=True)


def test_committees_stand_by_code(scene: Scene, stranger: User) -> None:
    for code in ("ZED", "ABC"):
        Committee.objects.create(host=scene.host, code=code, name=code, rulebook_slug="x", instrument_slug="y")
    codes = [row.code for row in results(scene, stranger, "kind=committees").rows]
    assert codes == sorted(codes)
    place = Place(Side.AFTER, codes[0], Committee.objects.get(code=codes[0]).pk)
    rows = results(scene, stranger, at(Search(Kind.COMMITTEES), place)).rows
    assert [row.code for row in rows] == codes[1:]


# -- queries ----------------------------------------------------------------------------------------------------------

QUERIES = {Kind.CASES: 4, Kind.COMMITTEES: 3, Kind.DECISIONS: 3, Kind.MATURITY: 3, Kind.REPORTS: 4}


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize("kind", Kind)
def test_queries_do_not_grow_with_rows(
    scene: Scene, regulator: User, kind: Kind, rows: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(rows):
        make_letter(make_decision(make_case(scene, number)))
        make_verified(scene, number)
    Organisation.objects.filter(pk=scene.host.pk).update(province="310000")
    day = scene.now.date()
    person = signed_in_person(regulator.pk, day)
    assert person is not None
    for query, more in (("", 0), ("&q=lakeside", 1), ("&province=310000&last=1", 0)):
        search = asked(f"kind={kind}{query}")
        with django_assert_num_queries(QUERIES[kind] + more):
            run(search, user=person, day=day, now=scene.now)


def test_other_kinds_are_counted_in_one_query(
    scene: Scene, regulator: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    everything(scene)
    for text, queries in (("", 1), ("2026", 2)):
        with django_assert_num_queries(queries):
            found_elsewhere(Search(text=text), user=regulator, day=scene.now.date(), now=scene.now)


def test_search_leaves_large_columns_in_the_database(scene: Scene, regulator: User) -> None:
    everything(scene)
    letter = next(row for row in results(scene, regulator, "kind=reports").rows if row.kind == "letter")
    assert letter.document.get_deferred_fields() == {"content"}
    assert SelfAssessment.objects.count() == 1
