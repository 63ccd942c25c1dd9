"""Acting on a verification through its pages: done, wrong role, refused with its gaps, bad input, twice."""

from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from django.utils import timezone

from assessments.models import Answer, Evidence
from assessments.steps import hand_in_evidence
from ethicsreview.accounts.models import User
from tests.driven import this_moment
from tests.editions import small_pdf
from tests.factories import PASSWORD
from tests.verification_scenes import HIGH, Course, VerificationScene, make_verification_scene
from workflows.actions.verifications import file_objection
from workflows.domain.ballots import Choice
from workflows.domain.verification_states import VState
from workflows.models import (
    Certificate,
    DcmmFinding,
    DcmmRenewal,
    Finding,
    NaDecision,
    PanelVote,
    Recusal,
    TeamAssessor,
    Verification,
)


@pytest.fixture
def scene(db: None) -> VerificationScene:
    return make_verification_scene(this_moment())


@pytest.fixture(autouse=True)
def fresh(empty_cache: None) -> None:
    """Wrong passwords and objections are counted: each test begins at none."""


def at(client: Client, user: User) -> Client:
    client.force_login(user)
    return client


def url(row: Verification, rest: str = "") -> str:
    return f"/verifications/{row.pk}/{rest}"


def state_of(row: Verification) -> str:
    return Verification.objects.values_list("state", flat=True).get(pk=row.pk)


def codes(page: Any, name: str = "needed") -> list[str]:
    return [entry["code"] for entry in page.context[name]]


def errors(page: Any, name: str = "form") -> dict[str, list[str]]:
    return {field: list(found) for field, found in page.context[name].errors.items()}


# -- asking for it ----------------------------------------------------------------------------------------------------


def test_request_shows_what_is_sent_and_hands_it_in_once(client: Client, scene: VerificationScene) -> None:
    snapshot = scene.hand_in(Course(adviser="Beacon Consulting"))
    path = f"/verifications/request/{snapshot.self_assessment_id}/"
    page = at(client, scene.lead).get(path)
    shown = {str(fact["label"]): fact["value"] for fact in page.context["facts"]}
    assert (shown["SHA-256"], shown["Adviser"], shown["Evidence"]) == (
        snapshot.digest,
        "Beacon Consulting",
        "4 pieces",
    )
    assert (client.post(path, {}).status_code, client.post(path, {"host": "0"}).status_code) == (422, 422)
    assert client.post(path, {"host": scene.host.pk}).status_code == 302
    again = client.post(path, {"host": scene.host.pk})
    assert (again.status_code, codes(again)) == (409, ["verification_running"])
    assert Verification.objects.count() == 1
    assert [entry["row"].pk for entry in again.context["earlier"]] == [Verification.objects.get().pk]


def test_request_belongs_to_the_lead(client: Client, scene: VerificationScene) -> None:
    snapshot = scene.hand_in()
    path = f"/verifications/request/{snapshot.self_assessment_id}/"
    found = [at(client, user).get(path).status_code for user in (scene.enterprise.colleague, scene.coordinator)]
    assert found == [403, 404]


def test_adviser_cannot_be_chosen_as_the_body(client: Client, scene: VerificationScene) -> None:
    snapshot = scene.hand_in(Course(adviser="harbour verification"))
    path = f"/verifications/request/{snapshot.self_assessment_id}/"
    page = at(client, scene.lead).post(path, {"host": scene.host.pk})
    assert (page.status_code, codes(page), Verification.objects.count()) == (409, ["adviser_assesses"], 0)


# -- entry and people -------------------------------------------------------------------------------------------------


def test_team_is_put_together_with_its_lead(client: Client, scene: VerificationScene) -> None:
    row = scene.request()
    at(client, scene.coordinator)
    sent = {"people": [scene.lead_assessor.pk, scene.assessor.pk], "lead": scene.lead_assessor.pk}
    assert [client.post(url(row, "team/"), sent).status_code for _twice in range(2)] == [302, 422]
    places = TeamAssessor.objects.filter(verification=row, ended_at=None).order_by("user__name")
    assert list(places.values_list("user", "lead")) == [(scene.assessor.pk, False), (scene.lead_assessor.pk, True)]
    client.post(url(row, "team/"), {"lead": scene.assessor.pk})
    leads = TeamAssessor.objects.filter(verification=row, ended_at=None, lead=True)
    assert [place.user_id for place in leads] == [scene.assessor.pk]
    assert errors(client.post(url(row, "team/"), {})) == {"people": ["Choose somebody."]}


def test_team_page_shows_load_and_bars(client: Client, scene: VerificationScene) -> None:
    busy, row = scene.verification_in(VState.DOCUMENTS), scene.request()
    scene.staff(row)
    page = at(client, scene.coordinator).get(url(row, "team/"))
    rows = {entry["name"]: (entry["load"], entry["free"], entry["assigned"]) for entry in page.context["rows"]}
    assert rows["Liang Leading"] == (2, False, True)
    assert rows["Sun Spare"] == (0, True, False)
    assert rows["Ren Reviewer"] == (0, False, False)
    assert busy.reference != row.reference


def test_accept_is_refused_without_a_team_and_harmless_twice(client: Client, scene: VerificationScene) -> None:
    row = scene.request()
    page = at(client, scene.coordinator).post(url(row, "accept/"))
    assert (page.status_code, codes(page), state_of(row)) == (409, ["team_incomplete", "lead_missing"], "entry")
    scene.staff(row)
    assert client.post(url(row, "accept/")).status_code == 302
    again = client.post(url(row, "accept/"))
    assert (again.status_code, codes(again), state_of(row)) == (409, ["wrong_state"], "documents")
    assert at(client, scene.assessor).post(url(row, "accept/")).status_code == 403


def test_return_and_withdraw_need_reasons(client: Client, scene: VerificationScene) -> None:
    first, second = scene.request(), scene.request()
    page = at(client, scene.coordinator).post(url(first, "return/"), {"reasons": " "})
    assert (page.status_code, errors(page), state_of(first)) == (
        422,
        {"reasons": ["This field is required."]},
        "entry",
    )
    assert client.post(url(first, "return/"), {"reasons": "Another field."}).status_code == 302
    assert at(client, scene.lead).post(url(second, "withdraw/"), {"reasons": "Later."}).status_code == 302
    assert (state_of(first), state_of(second)) == ("returned", "withdrawn")


def test_reviewer_and_places_are_given_and_ended(client: Client, scene: VerificationScene) -> None:
    row = scene.request()
    scene.staff(row)
    at(client, scene.coordinator)
    assert client.post(url(row, "reviewer/"), {"people": scene.spare.pk}).status_code == 302
    taken = client.post(url(row, "reviewer/"), {"people": scene.assessor.pk})
    row.refresh_from_db()
    assert (taken.status_code, row.reviewer_id) == (422, scene.spare.pk)
    ending = url(row, f"team/{scene.assessor.pk}/end/")
    assert [client.get(ending).status_code, client.post(ending).status_code] == [200, 422]
    assert client.post(ending, {"reasons": "Ill until spring."}).status_code == 302
    assert client.post(ending, {"reasons": "Twice."}).status_code == 404
    rows = {entry["pk"]: entry["why"] for entry in client.get(url(row, "team/")).context["rows"]}
    assert rows[scene.assessor.pk] == ["Ill until spring."]


def test_conflict_acts_at_once(client: Client, scene: VerificationScene) -> None:
    row = scene.verification_in(VState.DOCUMENTS)
    kind = scene.scheme.conflicts[0].code
    at(client, scene.assessor)
    foreign = client.post(url(row, "conflicts/"), {"person": scene.lead_assessor.pk, "kind": kind})
    assert foreign.status_code == 422
    own = client.post(url(row, "conflicts/"), {"person": scene.assessor.pk, "kind": kind})
    assert (own.status_code, own.headers["Location"]) == (302, "/verifications/")
    assert client.get(url(row)).status_code == 404
    at(client, scene.coordinator)
    sent = {"person": scene.lead_assessor.pk, "kind": kind}
    refused = client.post(url(row, "conflicts/"), sent)
    assert (refused.status_code, codes(refused)) == (409, ["reasons_missing"])
    assert client.post(url(row, "conflicts/"), {**sent, "reason": "Married to the lead."}).status_code == 302
    assert list(Recusal.objects.order_by("pk").values_list("user", "by")) == [
        (scene.assessor.pk, scene.assessor.pk),
        (scene.lead_assessor.pk, scene.coordinator.pk),
    ]


# -- rating -----------------------------------------------------------------------------------------------------------


def test_rating_saves_without_script_and_keeps_the_enterprises(client: Client, scene: VerificationScene) -> None:
    row = scene.verification_in(VState.DOCUMENTS)
    own = row.self_assessment.assessment_id
    before = list(Answer.objects.filter(assessment=own).order_by("pk").values_list("item", "step", "reason"))
    at(client, scene.assessor)
    saved = client.post(url(row, "rating/7.2.1/"), {"step": "F", "note": "Seen <b>here</b>."})
    assert (saved.status_code, saved.headers["Location"]) == (302, url(row, "rating/?dimension=D7#c-7-2-1"))
    answer = Answer.objects.get(assessment=row.round_id, item="7.2.1")
    assert (answer.step, answer.reason, answer.by_id) == ("F", "Seen <b>here</b>.", scene.assessor.pk)
    assert list(Answer.objects.filter(assessment=own).order_by("pk").values_list("item", "step", "reason")) == before
    page = client.get(url(row, "rating/?dimension=D7")).content.decode()
    assert ("Seen &lt;b&gt;here&lt;/b&gt;." in page, "Counts as P: no evidence is linked." in page) == (True, True)


def test_rating_by_htmx_answers_with_pieces_of_the_page(client: Client, scene: VerificationScene) -> None:
    row = scene.verification_in(VState.DOCUMENTS)
    at(client, scene.assessor)
    Evidence.objects.update(accepted=True)
    ask = {"HX-Request": "true"}
    moved = client.post(url(row, "rating/7.2.1/"), {"step": "F", "note": ""}, headers=ask)
    body = moved.content.decode()
    assert (moved.status_code, 'id="state-7-2-1"' in body, 'id="rest-7-2"' in body) == (200, True, True)
    assert "1/4" not in body.split('id="rating-places"')[0]
    same = client.post(url(row, "rating/7.2.1/"), {"step": "F", "note": "More."}, headers=ask).content.decode()
    assert ('id="state-7-2-1"' in same, 'id="rest-7-2"' in same) == (True, False)
    bad = client.post(url(row, "rating/7.2.1/"), {"step": "Z", "note": ""}, headers=ask)
    assert (bad.status_code, "Not saved" in bad.content.decode()) == (422, True)


def test_rating_another_made_meanwhile_is_shown_and_not_overwritten(client: Client, scene: VerificationScene) -> None:
    row = scene.verification_in(VState.DOCUMENTS)
    ask = {"HX-Request": "true"}
    at(client, scene.lead_assessor).post(url(row, "rating/7.2.1/"), {"step": "P", "note": "Half.", "seen": "0"})
    stale = at(client, scene.assessor).post(
        url(row, "rating/7.2.1/"), {"step": "F", "note": "All.", "seen": "0"}, headers=ask
    )
    standing = Answer.objects.filter(assessment=row.round_id, item="7.2.1").order_by("pk")
    assert (stale.status_code, codes(stale, "refused")) == (409, ["stale"])
    assert ("Half." in stale.content.decode(), [answer.step for answer in standing]) == (True, ["P"])
    again = {"step": "F", "note": "All.", "seen": str(standing[0].pk)}
    assert client.post(url(row, "rating/7.2.1/"), again, headers=ask).status_code == 200
    assert client.post(url(row, "rating/7.2.1/"), {**again, "seen": "x"}, headers=ask).status_code == 422


@pytest.mark.parametrize(
    ("who", "path", "code"),
    [
        ("lead", "rating/7.2.1/", 403),
        ("coordinator", "rating/7.2.1/", 403),
        ("spare", "rating/7.2.1/", 404),
        ("assessor", "rating/9.9.9/", 404),
        ("assessor", "evidence/0/judge/", 404),
        ("assessor", "aside/1.1/", 403),
        ("lead_assessor", "aside/1.1/", 404),
        ("assessor", "dcmm/judge/", 403),
    ],
)
def test_rating_is_the_teams(client: Client, scene: VerificationScene, who: str, path: str, code: int) -> None:
    row = scene.verification_in(VState.DOCUMENTS)
    assert at(client, getattr(scene, who)).post(url(row, path), {"step": "F"}).status_code == code


def test_rating_after_the_release_needs_a_finding_and_a_note(client: Client, scene: VerificationScene) -> None:
    row = scene.verification_in(VState.RECOMMENDING)
    at(client, scene.assessor)
    other = client.post(url(row, "rating/1.1.1/"), {"step": "P", "note": "Less."})
    silent = client.post(url(row, "rating/7.2.3/"), {"step": "P", "note": ""})
    assert (other.status_code, codes(other, "refused")) == (409, ["no_finding"])
    assert (silent.status_code, codes(silent, "refused")) == (409, ["reasons_missing"])
    assert client.post(url(row, "rating/7.2.3/"), {"step": "P", "note": "Half."}).status_code == 302


def test_evidence_is_judged_wherever_it_stands(client: Client, scene: VerificationScene) -> None:
    row = scene.verification_in(VState.DOCUMENTS)
    piece = Evidence.objects.filter(self_assessment=row.self_assessment).order_by("pk")[0]
    at(client, scene.assessor)
    sent = {"accepted": "yes", "criterion": "7.2.1"}
    answer = client.post(url(row, f"evidence/{piece.pk}/judge/"), sent, headers={"HX-Request": "true"})
    drawn = answer.content.decode().count(f'-{piece.pk}" hx-swap-oob="true"')
    piece.refresh_from_db()
    assert (answer.status_code, piece.accepted, drawn) == (200, True, 12)  # four items of three levels
    assert client.post(url(row, f"evidence/{piece.pk}/judge/"), {**sent, "accepted": "no"}).status_code == 302
    piece.refresh_from_db()
    assert (piece.accepted, client.post(url(row, f"evidence/{piece.pk}/judge/"), {}).status_code) == (False, 404)


def with_file(row: Verification, scene: VerificationScene) -> Evidence:
    """A confidential piece of evidence with a file of two pages."""
    sent = (BytesIO(small_pdf()), "quarters.pdf")
    given = {"kind": "record", "title": "Quarters", "confidential": True}
    with transaction.atomic():
        return hand_in_evidence(row.self_assessment, "7.2.1", sent=sent, by=scene.lead, now=scene.now, **given)


def test_evidence_is_read_page_by_page_beside_the_rating(client: Client, scene: VerificationScene) -> None:
    row = scene.verification_in(VState.DOCUMENTS)
    piece = with_file(row, scene)
    beside = {"dimension": "D7", "piece": str(piece.pk)}
    pages = [at(client, scene.assessor).get(url(row, "rating/"), {**beside, "page": n}) for n in ("1", "9")]
    leaves = [page.context["source"]["leaf"] for page in pages]
    address = url(row, "rating/") + f"?dimension=D7&piece={piece.pk}&page="
    assert [(leaf.page, leaf.pages, leaf.before, leaf.after) for leaf in leaves] == [
        (1, 2, "", f"{address}2"),
        (2, 2, f"{address}1", ""),
    ]
    shown = url(row, f"evidence/{piece.pk}/pages/1/")
    assert (leaves[0].image, pages[0].content.decode().count(f'src="{shown}"')) == (shown, 1)
    assert f'href="{address}1#c-7-2-1"'.replace("&", "&amp;") in pages[0].content.decode()
    picture = client.get(shown)
    assert (picture.status_code, picture["Content-Type"], picture["Cache-Control"]) == (
        200,
        "image/png",
        "private, no-cache",
    )
    assert client.get(url(row, f"evidence/{piece.pk}/pages/3/")).status_code == 404
    assert client.get(url(row, "rating/"), {"dimension": "D7", "piece": "0"}).context["source"] is None


def test_what_is_read_stays_beside_the_rating_when_it_is_saved_without_script(
    client: Client, scene: VerificationScene
) -> None:
    row = scene.verification_in(VState.DOCUMENTS)
    piece = with_file(row, scene)
    at(client, scene.assessor)
    look = {"piece": str(piece.pk), "page": "2"}
    stays = url(row, "rating/") + f"?dimension=D7&piece={piece.pk}&page=2#c-7-2-1"
    saved = client.post(url(row, "rating/7.2.1/"), {"step": "F", "note": "Seen.", **look})
    judged = client.post(url(row, f"evidence/{piece.pk}/judge/"), {"accepted": "yes", "criterion": "7.2.1", **look})
    assert (saved["Location"], judged["Location"]) == (stays, stays)
    wrong = client.post(url(row, "rating/7.2.1/"), {"step": "X", "note": "", **look})
    assert (wrong.status_code, wrong.context["source"]["leaf"].page) == (422, 2)


@pytest.mark.parametrize(
    ("who", "code"), [("assessor", 200), ("coordinator", 200), ("lead", 200), ("spare", 404), ("panel", 404)]
)
def test_confidential_evidence_is_shown_to_whom_it_is_given(
    client: Client, scene: VerificationScene, who: str, code: int
) -> None:
    row = scene.verification_in(VState.DOCUMENTS)
    piece = with_file(row, scene)
    user = scene.panel[0] if who == "panel" else getattr(scene, who)
    at(client, user)
    got = [client.get(url(row, f"evidence/{piece.pk}/{rest}")) for rest in ("", "pages/1/")]
    for response in got:
        response.close()
    assert [response.status_code for response in got] == [code, code]


def test_item_set_aside_is_decided_by_the_leading_assessor(client: Client, scene: VerificationScene) -> None:
    row = scene.request(Course(aside=("4.1",)))
    scene.staff(row)
    scene.accept(row)
    at(client, scene.lead_assessor)
    empty = client.post(url(row, "aside/4.1/"), {"approved": "no", "reason": ""})
    assert (empty.status_code, NaDecision.objects.count()) == (422, 0)
    assert client.post(url(row, "aside/4.1/"), {"approved": "no", "reason": "It does apply."}).status_code == 302
    assert list(NaDecision.objects.values_list("item", "approved")) == [("4.1", False)]
    page = client.get(url(row, "rating/?dimension=D4"))
    item = next(entry for entry in page.context["items"] if entry["key"] == "4.1")
    assert (item["aside"]["approved"], len(item["reached"]) + len(item["folded"])) == (False, 3)


def test_dcmm_finding_counts_with_another_hand(client: Client, scene: VerificationScene) -> None:
    row = scene.request(Course(dcmm=0))
    scene.staff(row)
    scene.accept(row)
    at(client, scene.lead_assessor)
    assert client.post(url(row, "dcmm/find/"), {"level": "9", "reason": "x"}).status_code == 422
    assert client.post(url(row, "dcmm/find/"), {"level": "4", "reason": "Measured."}).status_code == 302
    own = client.post(url(row, "dcmm/countersign/"))
    assert (own.status_code, codes(own)) == (409, ["own_signature"])
    assert at(client, scene.assessor).post(url(row, "dcmm/countersign/")).status_code == 302
    finding = DcmmFinding.objects.get()
    assert (finding.level, finding.by_id, finding.countersigned_by_id) == (
        4,
        scene.lead_assessor.pk,
        scene.assessor.pk,
    )
    page = client.get(url(row, "dcmm/"), follow=True)
    assert page.context["dcmm"]["worth"] == "Counts now: level 4 · Quantitatively managed"


def test_claimed_certificate_is_judged_with_a_word_why(client: Client, scene: VerificationScene) -> None:
    row = scene.verification_in(VState.DOCUMENTS)
    at(client, scene.lead_assessor)
    assert client.post(url(row, "dcmm/judge/"), {"accepted": "yes", "reason": ""}).status_code == 422
    assert client.post(url(row, "dcmm/judge/"), {"accepted": "yes", "reason": "Asked its issuer."}).status_code == 302
    row.refresh_from_db()
    assert (row.dcmm_accepted, row.dcmm_note) == (True, "Asked its issuer.")


# -- on site, findings ------------------------------------------------------------------------------------------------


def test_onsite_record_counts_towards_what_is_wanted(client: Client, scene: VerificationScene) -> None:
    row = scene.verification_in(VState.ONSITE)
    at(client, scene.assessor)
    role = scene.scheme.interviews[0].code
    sent = {
        "kind": "interview",
        "role": role,
        "subject": "The CEO",
        "held_on": timezone.localdate(),
        "notes": "Heard.",
    }
    assert client.post(url(row, "onsite/"), sent).status_code == 302
    page = client.get(url(row, "onsite/"))
    assert [(entry["done"], entry["least"]) for entry in page.context["wanted"]][:2] == [(1, 1), (0, 1)]
    roleless = client.post(url(row, "onsite/"), {**sent, "role": ""})
    assert errors(roleless) == {"role": ["Say which role the person interviewed holds."]}
    ahead = client.post(url(row, "onsite/"), {**sent, "held_on": timezone.localdate() + timedelta(days=3)})
    assert (ahead.status_code, codes(ahead, "refused")) == (409, ["day_ahead"])
    bad = client.post(url(row, "onsite/"), {**sent, "held_on": "31/31/9999"})
    assert (bad.status_code, list(errors(bad))) == (422, ["held_on"])
    entry = row.onsite.get()
    assert client.post(url(row, f"onsite/{entry.pk}/remove/")).status_code == 302
    assert client.post(url(row, f"onsite/{entry.pk}/remove/")).status_code == 404


def test_finding_is_written_changed_and_taken_back(client: Client, scene: VerificationScene) -> None:
    row = scene.verification_in(VState.DOCUMENTS)
    at(client, scene.assessor)
    assert client.post(url(row, "findings/"), {"criterion": "7.9.9", "kind": "major", "text": "x"}).status_code == 422
    sent = {"criterion": "7.2.3", "kind": "major", "text": "One quarter only."}
    assert client.post(url(row, "findings/"), sent).status_code == 302
    finding = Finding.objects.get()
    edited = {**sent, "kind": "minor", "text": "Two quarters only."}
    assert client.post(url(row, f"findings/{finding.pk}/edit/"), edited).status_code == 302
    finding.refresh_from_db()
    assert (finding.number, finding.kind, finding.text) == (1, "minor", "Two quarters only.")
    assert at(client, scene.lead).post(url(row, "findings/"), sent).status_code == 403
    assert at(client, scene.assessor).post(url(row, f"findings/{finding.pk}/remove/")).status_code == 302
    assert Finding.objects.count() == 0


def test_release_says_what_happens_and_opens_the_window(client: Client, scene: VerificationScene) -> None:
    row = scene.verification_in(VState.ONSITE)
    at(client, scene.lead_assessor)
    missing = client.post(url(row, "findings/release/"))
    assert (missing.status_code, set(codes(missing))) == (
        409,
        {"interviews_missing", "demonstrations_missing", "scenarios_missing"},
    )
    scene.visit(row)
    page = client.get(url(row, "findings/release/"))
    assert (page.context["needed"], page.context["sheet"].effects[1]) == ([], "It reads 1 finding.")
    assert client.post(url(row, "findings/release/")).status_code == 302
    assert state_of(row) == "correction"
    assert client.post(url(row, "findings/release/")).status_code == 409


def test_answer_takes_text_and_new_evidence(client: Client, scene: VerificationScene) -> None:
    row = scene.verification_in(VState.CORRECTION)
    finding = row.findings.get()
    path = url(row, f"findings/{finding.pk}/answer/")
    at(client, scene.enterprise.colleague)
    count = Evidence.objects.count()
    half = client.post(path, {"f1-answer": "Done.", "f1-title": "Annex"})
    entry = half.context["rows"][0]
    assert (half.status_code, sorted(entry["form"].errors)) == (422, ["file", "kind"])
    assert entry["form"]["answer"].value() == "Done."
    file = SimpleUploadedFile("annex.txt", b"Quarters two to four.")
    sent = {"f1-answer": "Done.", "f1-title": "Annex", "f1-kind": "record", "f1-file": file}
    assert client.post(path, sent).status_code == 302
    finding.refresh_from_db()
    piece = Evidence.objects.order_by("-pk")[0]
    assert (finding.answer, finding.answered_by_id) == ("Done.", scene.enterprise.colleague.pk)
    assert (Evidence.objects.count() - count, piece.title, [link.criterion for link in piece.links.all()]) == (
        1,
        "Annex",
        ["7.2.3"],
    )
    at(client, scene.assessor)
    got = client.get(url(row, f"evidence/{piece.pk}/"))
    assert (got.status_code, b"".join(got.streaming_content)) == (200, b"Quarters two to four.")  # type: ignore[attr-defined]
    assert client.post(path, {"f1-answer": "Mine."}).status_code == 403


def test_answer_after_the_last_day_is_refused(client: Client, scene: VerificationScene) -> None:
    row = scene.verification_in(VState.CORRECTION)
    Verification.objects.filter(pk=row.pk).update(correction_until=timezone.localdate() - timedelta(days=2))
    finding = row.findings.get()
    page = at(client, scene.lead).post(url(row, f"findings/{finding.pk}/answer/"), {"f1-answer": "Late."})
    assert (page.status_code, codes(page, "refused")) == (409, ["window_closed"])


def test_window_is_ended_by_the_lead_alone_before_its_last_day(client: Client, scene: VerificationScene) -> None:
    row = scene.verification_in(VState.CORRECTION)
    path = url(row, "correction/close/")
    assert at(client, scene.enterprise.colleague).post(path).status_code == 403
    early = at(client, scene.lead_assessor).post(path)
    assert (early.status_code, codes(early)) == (409, ["window_open"])
    assert at(client, scene.lead).post(path).status_code == 302
    assert (state_of(row), client.post(path).status_code) == ("recommending", 409)


def test_finding_is_settled_with_a_word(client: Client, scene: VerificationScene) -> None:
    row = scene.verification_in(VState.RECOMMENDING)
    finding = row.findings.get()
    path = url(row, f"findings/{finding.pk}/resolve/")
    at(client, scene.assessor)
    assert client.post(path, {"f1-resolved": "no", "f1-resolution": ""}).status_code == 422
    assert client.post(path, {"f1-resolved": "no", "f1-resolution": "Still one quarter."}).status_code == 302
    finding.refresh_from_db()
    assert (finding.resolved, finding.resolution) == (False, "Still one quarter.")


# -- recommendation to decision ---------------------------------------------------------------------------------------


def test_recommendation_is_computed_and_only_its_grounds_are_typed(client: Client, scene: VerificationScene) -> None:
    row = scene.verification_in(VState.RECOMMENDING)
    at(client, scene.lead_assessor)
    early = client.post(url(row, "recommend/"), {"reasons": "As rated."})
    assert (early.status_code, codes(early)) == (409, ["evidence_unjudged", "findings_unresolved"])
    scene.resolve(row)
    page = client.get(url(row, "recommend/"))
    assert [side["tier"] for side in page.context["results"]["sides"]] == [3, 3]
    assert client.post(url(row, "recommend/"), {"reasons": "As rated.", "tier": "5"}).status_code == 302
    row.refresh_from_db()
    assert (row.state, row.recommended_tier, row.recommendation) == ("compliance", 3, "As rated.")
    assert at(client, scene.assessor).get(url(row, "recommend/")).status_code == 403


def test_differences_name_items_and_criteria(client: Client, scene: VerificationScene) -> None:
    levels = {item: 3 for item in scene.folder(scene.request()).instrument.items} | {"7.2": 2}
    row = scene.verification_in(VState.COMPLIANCE, Course(found=levels, finding=""))
    page = at(client, scene.lead).get(url(row, "differences/"))
    apart = [entry for entry in page.context["differences"] if entry["apart"]]
    assert [(entry["key"], entry["own"], entry["verified"], entry["word"], entry["criteria"]) for entry in apart] == [
        ("7.2", 3, 2, "−1", "7.2.3 F → N")
    ]


def test_compliance_passes_or_sends_back(client: Client, scene: VerificationScene) -> None:
    row = scene.verification_in(VState.COMPLIANCE)
    at(client, scene.reviewer)
    page = client.get(url(row, "compliance/"))
    assert {point["done"] for point in page.context["checklist"]} == {True}
    assert client.post(url(row, "compliance/"), {"outcome": "no", "note": ""}).status_code == 422
    assert client.post(url(row, "compliance/"), {"outcome": "no", "note": "Name the operator."}).status_code == 302
    row.refresh_from_db()
    assert (row.state, row.return_reasons) == ("recommending", "Name the operator.")
    assert client.post(url(row, "compliance/"), {"outcome": "yes", "note": "Kept."}).status_code == 409
    assert at(client, scene.coordinator).get(url(row, "compliance/")).status_code == 403


def test_panel_votes_in_secret_until_the_ballot_is_closed(client: Client, scene: VerificationScene) -> None:
    row = scene.verification_in(VState.PANEL, HIGH)
    at(client, scene.coordinator)
    empty = client.post(url(row, "panel/open/"))
    assert (empty.status_code, codes(empty)) == (409, ["panel_incomplete"])
    sent = {"people": [user.pk for user in scene.panel]}
    assert client.post(url(row, "seats/"), sent).status_code == 302
    assert [client.post(url(row, "panel/open/")).status_code for _twice in range(2)] == [302, 302]
    ballot = row.ballots.get()
    at(client, scene.panel[0])
    assert client.post(url(row, "panel/vote/"), {"ballot": ballot.pk}).status_code == 422
    vote = {"ballot": ballot.pk, "choice": "against", "reason": "Too little."}
    assert [client.post(url(row, "panel/vote/"), vote).status_code for _twice in range(2)] == [302, 302]
    assert PanelVote.objects.count() == 1
    stale = client.post(url(row, "panel/vote/"), {**vote, "ballot": ballot.pk + 1})
    assert (stale.status_code, codes(stale, "refused")) == (409, ["stale"])
    for user in (scene.panel[1], scene.coordinator):
        page = at(client, user).get(url(row, "panel/"))
        assert ("Too little." in page.content.decode(), page.context["ballot"]["voted"]) == (False, 1)
    early = client.post(url(row, "panel/close/"), {"ballot": ballot.pk})
    assert (early.status_code, codes(early)) == (409, ["votes_outstanding"])
    scene.vote(row, ballot, (Choice.AGAINST, *(Choice.FOR,) * 4))
    assert client.post(url(row, "panel/close/"), {"ballot": ballot.pk}).status_code == 302
    counted = client.get(url(row, "panel/")).context["results_of_ballots"][0]
    assert (counted["carried"], counted["standing"]["in_favour"], len(counted["votes"])) == (True, 4, 5)
    outside = at(client, scene.lead).get(url(row, "panel/")).context["results_of_ballots"][0]
    assert (outside["standing"]["against"], outside["votes"], state_of(row)) == (1, [], "notice")


def test_objection_is_settled_and_an_upheld_one_reopens(client: Client, scene: VerificationScene) -> None:
    row = scene.verification_in(VState.NOTICE)
    made = file_objection(row.pk, name="Pub Lick", contact="pub@example.test", text="Fined in May.", now=scene.now)
    path = url(row, f"objections/{made.pk}/settle/")
    page = at(client, scene.lead).get(url(row, "objections/")).content.decode()
    assert ("Fined in May." in page, "Pub Lick" in page, "pub@example.test" in page) == (True, False, False)
    assert client.post(path, {}).status_code == 403
    at(client, scene.coordinator)
    early = client.post(url(row, "reopen/"), {"reasons": "Settle it."})
    assert (early.status_code, codes(early)) == (409, ["objection_not_upheld"])
    prefix = f"o{made.pk}-"
    assert client.post(path, {f"{prefix}upheld": "yes"}).status_code == 422
    sent = {f"{prefix}upheld": "yes", f"{prefix}answer": "You are right."}
    assert [client.post(path, sent).status_code for _twice in range(2)] == [302, 409]
    (kept,) = client.get(url(row, "objections/")).context["rows"]
    assert (kept["contact"], kept["mail"]["label"]) == ("pub@example.test", "answer on its way")
    assert at(client, scene.lead).get(url(row, "objections/")).context["rows"][0]["mail"] is None
    at(client, scene.coordinator)
    assert client.post(url(row, "reopen/"), {"reasons": "Settle it."}).status_code == 302
    assert state_of(row) == "recommending"


def after_notice(row: Verification) -> None:
    today = timezone.localdate()
    days = {"notice_from": today - timedelta(days=9), "notice_until": today - timedelta(days=2)}
    Verification.objects.filter(pk=row.pk).update(**days)
    row.refresh_from_db()


def decision(row: Verification, **changes: str) -> dict[str, str]:
    assert row.recommended_at is not None
    return {"outcome": "yes", "reasons": "", "password": PASSWORD, "seen": row.recommended_at.isoformat()} | changes


def test_decision_is_an_act_in_person(client: Client, scene: VerificationScene) -> None:
    row = scene.verification_in(VState.NOTICE)
    at(client, scene.decider)
    running = client.get(url(row, "decide/"))
    assert (running.status_code, codes(running)) == (409, ["notice_running"])
    after_notice(row)
    wrong = client.post(url(row, "decide/"), decision(row, password="not-mine"))
    assert (wrong.status_code, errors(wrong)) == (422, {"password": ["This is not your password."]})
    silent = client.post(url(row, "decide/"), decision(row, outcome="no"))
    assert errors(silent) == {"reasons": ["Say why the certificate is refused."]}
    old = client.post(url(row, "decide/"), decision(row, seen="2026-01-01T00:00:00+00:00"))
    assert list(errors(old)) == ["__all__"]
    assert Certificate.objects.count() == 0
    assert client.post(url(row, "decide/"), decision(row)).status_code == 302
    assert client.post(url(row, "decide/"), decision(row)).status_code == 409
    assert (state_of(row), Certificate.objects.get().tier) == ("certified", 3)
    assert at(client, scene.coordinator).get(url(row, "decide/")).status_code == 403


def test_refusal_issues_no_certificate(client: Client, scene: VerificationScene) -> None:
    row = scene.verification_in(VState.NOTICE)
    after_notice(row)
    at(client, scene.decider)
    sent = decision(row, outcome="no", reasons="The scope is another's.")
    assert client.post(url(row, "decide/"), sent).status_code == 302
    assert (state_of(row), Certificate.objects.count()) == ("refused", 0)
    page = at(client, scene.lead).get(url(row))
    assert {str(fact["label"]): fact["value"] for fact in page.context["outcome"]["facts"]}["Reasons"] == (
        "The scope is another's."
    )


# -- the certificate's life -------------------------------------------------------------------------------------------


def test_certificate_is_watched_renewed_and_withdrawn(client: Client, scene: VerificationScene) -> None:
    certificate = scene.certificate()
    today = timezone.localdate()
    Certificate.objects.filter(pk=certificate.pk).update(issued_on=today)
    row = certificate.verification
    path = url(row, "certificate/")
    at(client, scene.coordinator)
    assert client.post(f"{path}surveillance/", {"holds": "no", "reasons": ""}).status_code == 422
    assert client.post(f"{path}surveillance/", {"holds": "no", "reasons": "7.2 has lapsed."}).status_code == 302
    assert client.get(path).context["standing"]["title"] == "This certificate is suspended"
    at(client, scene.lead)
    assert client.get(f"{path}withdraw/").status_code == 403
    sent = {
        "level": "4",
        "edition": "2018",
        "party": "owner",
        "legal_entity": certificate.legal_entity,
        "certificate": "D-2",
        "body": "Quay",
        "issued": (today - timedelta(days=1)).isoformat(),
        "expires": (today + timedelta(days=900)).isoformat(),
    }
    reversed_ = client.post(f"{path}dcmm/", {**sent, "expires": (today - timedelta(days=9)).isoformat()})
    assert errors(reversed_) == {"expires": ["The last day lies before the first."]}
    foreign = client.post(f"{path}dcmm/", {**sent, "legal_entity": "Another Ltd."})
    assert (foreign.status_code, codes(foreign)) == (409, ["dcmm_not_counting"])
    assert client.post(f"{path}dcmm/", sent).status_code == 302
    again = client.post(f"{path}dcmm/", sent)
    assert (again.status_code, codes(again)) == (409, ["renewal_open"])
    at(client, scene.coordinator)
    judge = {"accepted": "yes", "reasons": "Asked its issuer."}
    assert client.post(f"{path}dcmm/judge/", judge).status_code == 302
    assert client.post(f"{path}dcmm/judge/", judge).status_code == 409
    assert DcmmRenewal.objects.get().accepted is True
    at(client, scene.decider)
    assert client.post(f"{path}withdraw/", {"reasons": "The scope ceased."}).status_code == 302
    assert client.post(f"{path}withdraw/", {"reasons": "Twice."}).status_code == 409
    certificate.refresh_from_db()
    assert certificate.state == "withdrawn"


def test_documents_show_their_state_and_are_tried_again(client: Client, scene: VerificationScene) -> None:
    row = scene.certificate().verification
    row.reports.update(state="failed", document=None, error="CannotSign: missing")
    report = row.reports.order_by("kind", "language")[0]
    at(client, scene.coordinator)
    page = client.get(url(row, "reports/"))
    assert [(entry["retry"], entry["language"]) for entry in page.context["reports"]] == [
        (True, "English"),
        (True, "简体中文"),
    ] * 2
    part = client.get(url(row, "reports/"), headers={"HX-Request": "true"})
    assert part.content.decode().lstrip().startswith('<div class="stack" id="reports" hx-get=')
    download, retry = (f"/verification-reports/{report.pk}/{name}/" for name in ("download", "retry"))
    assert client.get(download).status_code == 404
    assert at(client, scene.lead).post(retry).status_code == 403
    assert at(client, scene.spare).post(retry).status_code == 404
    outside = at(client, scene.lead).get(url(row, "reports/"))
    assert {(entry["retry"], entry["error"]) for entry in outside.context["reports"]} == {(False, "")}
