"""The public register and the public notices: what everybody reads, how one objects, what it costs."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from ethicsreview.documents.models import SignedDocument
from tests.driven import this_moment
from tests.verification_scenes import VerificationScene, make_verification_scene
from workflows.domain.verification_states import VState
from workflows.models import Certificate, CertificateEvent, Objection, Verification, VerificationReport


@pytest.fixture
def scene(db: None) -> VerificationScene:
    return make_verification_scene(this_moment())


@pytest.fixture(autouse=True)
def fresh(empty_cache: None) -> None:
    """Objections are counted by address: each test begins at none."""


def today() -> date:
    return timezone.localdate()


def certify(scene: VerificationScene, **changes: Any) -> Certificate:
    """A certificate issued today, changed as given."""
    certificate = scene.certificate()
    Certificate.objects.filter(pk=certificate.pk).update(**{"issued_on": today(), **changes})
    certificate.refresh_from_db()
    return certificate


def sign(certificate: Certificate, language: str = "en") -> SignedDocument:
    """The certificate's document in that language, as if it had been signed."""
    report = VerificationReport.objects.get(
        verification=certificate.verification, kind="certificate", language="zh-hans" if language == "zh" else "en"
    )
    number = f"{report.pk:064x}"
    document = SignedDocument.objects.create(
        code=f"AAAA-BBBB-{report.pk:04d}",
        kind="certificate",
        language=language,
        title="Certificate",
        subject=f"workflows.verificationreport:{report.pk}",
        organisation=certificate.host,
        content=b"%PDF",
        sha256=number,
        length=4,
        signers=[],
        signed_at=timezone.now(),
    )
    VerificationReport.objects.filter(pk=report.pk).update(state="signed", document=document)
    return document


def numbers(page: Any) -> list[str]:
    return [row["number"] for row in page.context["rows"]]


def test_register_lists_what_is_valid_today_with_its_code(client: Client, scene: VerificationScene) -> None:
    certificate, other = certify(scene), certify(scene, tier=2, legal_entity="Quay Foods")
    english, _chinese = sign(certificate), sign(certificate, "zh")
    page = client.get("/register/")
    assert numbers(page) == [other.number, certificate.number]
    row = page.context["rows"][1]
    assert (row["legal_entity"], row["tier_name"], row["body"], row["code"]) == (
        "Heron Robotics Co., Ltd.",
        "Organisation-wide",
        "Harbour Verification",
        english.code,
    )
    assert page.context["rows"][0]["code"] == ""
    assert f'href="/verify/{english.code}/"' in page.content.decode()


@pytest.mark.parametrize(
    ("changes", "tone", "title"),
    [
        ({}, "good", "This certificate is valid"),
        ({"state": "suspended"}, "warn", "This certificate is suspended"),
        ({"state": "withdrawn"}, "bad", "This certificate was withdrawn"),
        ({"state": "replaced"}, "warn", "A later certificate replaces this one"),
        ({"issued_on": -800, "expires_on": -1}, "bad", "This certificate has expired"),
        ({"issued_on": 1}, "warn", "This certificate is not valid yet"),
        ({"expires_on": 0}, "good", "This certificate is valid"),
    ],
)
def test_certificate_answers_for_what_it_is_worth_and_only_valid_ones_are_listed(
    client: Client, scene: VerificationScene, changes: dict[str, Any], tone: str, title: str
) -> None:
    moved = {
        key: today() + timedelta(days=value) if isinstance(value, int) else value for key, value in changes.items()
    }
    certificate = certify(scene, **moved)
    page = client.get(f"/register/{certificate.number}/")
    standing = page.context["standing"]
    assert (page.status_code, standing["tone"], standing["title"]) == (200, tone, title)
    assert numbers(client.get("/register/")) == ([certificate.number] if tone == "good" else [])


def test_reasons_and_names_stay_inside(client: Client, scene: VerificationScene) -> None:
    certificate = certify(scene, state="withdrawn")
    CertificateEvent.objects.create(
        certificate=certificate, verb="withdrawn", reasons="Forged minutes.", by=scene.decider, at=timezone.now()
    )
    text = client.get(f"/register/{certificate.number}/").content.decode()
    assert [word in text for word in ("Forged minutes.", "Ding Decider", "Withdrawn")] == [False, False, True]


def test_number_is_looked_up_and_an_unknown_one_says_so(client: Client, scene: VerificationScene) -> None:
    number = certify(scene).number
    found = client.get("/register/number/", {"number": f" {number} "})
    assert (found.status_code, found.headers["Location"]) == (302, f"/register/{number}/")
    unknown = client.get("/register/AIC-1999-0001/")
    assert (unknown.status_code, unknown.context["number"]) == (404, "AIC-1999-0001")
    assert client.get("/register/number/", {"number": ""}).headers["Location"] == "/register/"


def test_register_is_searched_and_filtered(client: Client, scene: VerificationScene) -> None:
    heron = certify(scene)
    quay = certify(scene, tier=2, legal_entity="Quay Foods")

    def listed(query: str) -> list[str]:
        return numbers(client.get(f"/register/?{query}"))

    assert (listed("text=quay"), listed(f"text={heron.number}"), listed("tier=2"), listed("tier=5")) == (
        [quay.number],
        [heron.number],
        [quay.number],
        [],
    )
    page = client.get("/register/?tier=3&text=heron")
    assert [(tab["label"], tab["count"]) for tab in page.context["tabs"]] == [("All", 1), ("Tier 3", 1)]
    assert [chip["value"] for chip in page.context["filters"]] == ["heron", 3]
    assert (client.get("/register/?tier=x").status_code, client.get("/register/?older=x~y").status_code) == (400, 200)


def test_register_goes_on_from_page_to_page(client: Client, scene: VerificationScene) -> None:
    certificate = certify(scene)
    rows = [
        Certificate(
            verification=copy,
            organisation=certificate.organisation,
            host=certificate.host,
            number=f"AIC-2026-9{number:03d}",
            legal_entity="Many",
            scope="All",
            tier=3,
            issued_on=today(),
            expires_on=today() + timedelta(days=9),
            changed_at=scene.now,
        )
        for number, copy in enumerate(copies(certificate.verification, 26))
    ]
    Certificate.objects.bulk_create(rows)
    first = client.get("/register/")
    second = client.get(first.context["page"]["next_url"])
    assert (len(numbers(first)), len(numbers(second)), first.context["page"]["total"]) == (25, 2, 27)
    assert set(numbers(first)) & set(numbers(second)) == set()
    assert numbers(client.get(second.context["page"]["previous_url"])) == numbers(first)


def copies(row: Verification, count: int) -> list[Verification]:
    """So many withdrawn verifications of the same snapshot."""
    values = {"self_assessment": row.self_assessment, "snapshot": row.snapshot, "host": row.host, "scheme": row.scheme}
    return Verification.objects.bulk_create(
        Verification(
            **values,
            reference=f"AIV-1-{number}",
            state="withdrawn",
            created_at=row.created_at,
            changed_at=row.changed_at,
        )
        for number in range(count)
    )


@pytest.mark.parametrize("rows", [1, 3])
def test_register_costs_the_same_for_one_row_and_three(
    client: Client, scene: VerificationScene, rows: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _number in range(rows):
        sign(certify(scene))
    client.get("/register/")
    with django_assert_num_queries(5):
        assert len(numbers(client.get("/register/"))) == rows


@pytest.mark.parametrize("language", [code for code, _name in settings.LANGUAGES])
def test_visitor_reads_in_either_language(client: Client, scene: VerificationScene, language: str) -> None:
    certificate = certify(scene)
    sign(certificate)
    sign(certificate, "zh")
    for path in ("/register/", "/register/notices/", f"/register/{certificate.number}/"):
        page = client.get(path, headers={"Accept-Language": language})
        assert (page.status_code, f'<html lang="{language}"' in page.content.decode()) == (200, True)


# -- notices ----------------------------------------------------------------------------------------------------------


def sent(**changes: str) -> dict[str, str]:
    return {"name": "Pub Lick", "contact": "pub@example.test", "text": "Fined in May."} | changes


def test_notice_shows_what_is_recommended_and_takes_an_objection(client: Client, scene: VerificationScene) -> None:
    row = scene.verification_in(VState.NOTICE)
    assert [entry["reference"] for entry in client.get("/register/notices/").context["rows"]] == [row.reference]
    path = f"/register/notices/{row.reference}/"
    page = client.get(path)
    shown = {str(fact["label"]): fact["value"] for fact in page.context["facts"]}
    assert (shown["Recommended tier"], page.context["running"]) == ("3 · Organisation-wide", True)
    bad = client.post(path, sent(contact="nobody"))
    assert (bad.status_code, list(bad.context["form"].errors), bad.context["form"]["text"].value()) == (
        422,
        ["contact"],
        "Fined in May.",
    )
    done = client.post(path, sent(), follow=True)
    assert (done.context["kept"], done.redirect_chain) == (True, [(f"{path}?kept=1", 302)])
    assert list(Objection.objects.values_list("name", "contact", "text")) == [tuple(sent().values())]
    client.post(path, sent(text="五月曾受处罚。"), headers={"Accept-Language": "zh-CN"})
    assert list(Objection.objects.order_by("pk").values_list("language", flat=True)) == ["en", "zh-hans"]


def test_objections_from_one_address_are_limited(client: Client, scene: VerificationScene) -> None:
    row = scene.verification_in(VState.NOTICE)
    path = f"/register/notices/{row.reference}/"
    codes = [client.post(path, sent(text=f"Number {number}")).status_code for number in range(12)]
    assert (codes, Objection.objects.count()) == ([302] * 10 + [429] * 2, 10)


def test_notice_that_is_over_takes_nothing_and_leaves_the_list(client: Client, scene: VerificationScene) -> None:
    row = scene.verification_in(VState.NOTICE)
    Verification.objects.filter(pk=row.pk).update(
        notice_from=today() - timedelta(days=9), notice_until=today() - timedelta(days=2)
    )
    path = f"/register/notices/{row.reference}/"
    assert client.get("/register/notices/").context["rows"] == []
    late = client.post(path, sent())
    assert (late.status_code, [entry["code"] for entry in late.context["needed"]]) == (409, ["notice_over"])
    assert (late.context["running"], Objection.objects.count()) == (False, 0)


@pytest.mark.parametrize(
    ("state", "code"),
    [(VState.RECOMMENDING, 404), (VState.COMPLIANCE, 404), (VState.NOTICE, 200), (VState.CERTIFIED, 200)],
)
def test_notice_is_public_from_its_first_day_alone(
    client: Client, scene: VerificationScene, state: VState, code: int
) -> None:
    row = scene.verification_in(state)
    assert client.get(f"/register/notices/{row.reference}/").status_code == code


def test_after_the_decision_only_the_result_is_told(client: Client, scene: VerificationScene) -> None:
    certificate = scene.certificate()
    page = client.get(f"/register/notices/{certificate.verification.reference}/")
    shown = {str(fact["label"]): fact["value"] for fact in page.context["facts"]}
    assert (shown["Certificate"], page.context["running"]) == (certificate.number, False)
    assert 'name="contact"' not in page.content.decode()
