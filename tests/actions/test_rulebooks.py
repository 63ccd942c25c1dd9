"""Publishing rulebooks: once, with its event, and never with other content."""

from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from ethicsreview.accounts.models import User
from ethicsreview.audit.models import AuditEvent
from tests.domain.small_rulebook import (
    SMALL_OVERLAY,
    SMALL_RULEBOOK,
    small_overlay_content,
    small_rulebook,
    small_rulebook_content,
)
from tests.domain.small_scheme import small_scheme_content
from tests.factories import NOW
from workflows.actions.rulebooks import AlreadyPublished, publish_rulebook
from workflows.domain.rulebook_parsing import BadRulebook, parse_rulebook
from workflows.domain.scheme_parsing import BadScheme, parse_scheme
from workflows.models import RulebookVersion
from workflows.queries.rulebooks import committee_editions, latest_rulebook, latest_scheme, load_rulebook, load_scheme
from workflows.steps import digest_of

pytestmark = pytest.mark.django_db(transaction=True)

DIGEST = digest_of({"rulebook": small_rulebook_content(), "base": None})
OVERLAY_DIGEST = digest_of({"rulebook": small_overlay_content(), "base": small_rulebook_content()})


def changed(**entries: Any) -> dict[str, Any]:
    """The small rulebook with entries of its own."""
    return {**small_rulebook_content(), **entries}


def test_rulebook_is_published_once_with_its_event(operator: User) -> None:
    first, new = publish_rulebook(small_rulebook_content(), None, actor=operator, now=NOW)
    again, new_again = publish_rulebook(small_rulebook_content(), None, actor=operator, now=NOW + timedelta(days=1))
    assert (new, new_again, again) == (True, False, first)
    stored = RulebookVersion.objects.get()
    assert (stored.slug, stored.version, stored.digest, stored.published_at) == ("small", 1, DIGEST, NOW)
    events = AuditEvent.objects.values_list("chain", "verb", "subject", "actor", "at", "facts")
    facts = {"slug": "small", "version": 1, "digest": DIGEST}
    assert list(events) == [("operator", "rulebook.publish", f"rulebook:{stored.pk}", operator.pk, NOW, facts)]


def test_rulebook_with_other_content_is_refused_until_it_is_a_new_version() -> None:
    publish_rulebook(small_rulebook_content(), None, actor=None, now=NOW)
    with pytest.raises(AlreadyPublished):
        publish_rulebook(changed(time_zone="Europe/Berlin"), None, actor=None, now=NOW)
    assert (RulebookVersion.objects.count(), AuditEvent.objects.count()) == (1, 1)
    second, new = publish_rulebook(changed(time_zone="Europe/Berlin", version=2), None, actor=None, now=NOW)
    assert (second.version, new, AuditEvent.objects.count()) == (2, True, 2)
    assert latest_rulebook("small") == second


def test_overlay_on_a_changed_base_is_other_content() -> None:
    publish_rulebook(small_overlay_content(), small_rulebook_content(), actor=None, now=NOW)
    with pytest.raises(AlreadyPublished):
        publish_rulebook(small_overlay_content(), changed(time_zone="Europe/Berlin"), actor=None, now=NOW)
    assert (RulebookVersion.objects.count(), AuditEvent.objects.count()) == (1, 1)


def test_rulebook_that_does_not_parse_is_not_published() -> None:
    with pytest.raises(BadRulebook):
        publish_rulebook(changed(version=0), None, actor=None, now=NOW)
    assert (RulebookVersion.objects.count(), AuditEvent.objects.count()) == (0, 0)


def test_published_rulebook_is_read_back_as_it_was_written() -> None:
    base, _new = publish_rulebook(small_rulebook_content(), None, actor=None, now=NOW)
    overlay, _new = publish_rulebook(small_overlay_content(), small_rulebook_content(), actor=None, now=NOW)
    base.refresh_from_db()
    overlay.refresh_from_db()
    assert load_rulebook(base) == small_rulebook()
    assert load_rulebook(overlay) == parse_rulebook(small_overlay_content(), small_rulebook_content())


# the command


def published(folder: Path) -> tuple[str, str, str]:
    """What the command printed, what it complained of, and what it failed with."""
    out, complaints = StringIO(), StringIO()
    try:
        call_command("publish_rulebooks", folder=folder, stdout=out, stderr=complaints)
    except CommandError as error:
        return out.getvalue(), complaints.getvalue(), str(error)
    return out.getvalue(), complaints.getvalue(), ""


def test_publish_rulebooks_publishes_the_base_before_what_stands_on_it(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(SMALL_OVERLAY, encoding="utf-8")
    (tmp_path / "b.yaml").write_text(SMALL_RULEBOOK, encoding="utf-8")
    assert published(tmp_path) == (
        f"b.yaml: small v1 published, digest {DIGEST}\na.yaml: small-more v2 published, digest {OVERLAY_DIGEST}\n",
        "",
        "",
    )
    assert published(tmp_path) == (
        f"b.yaml: small v1 stood already, digest {DIGEST}\n"
        f"a.yaml: small-more v2 stood already, digest {OVERLAY_DIGEST}\n",
        "",
        "",
    )


def test_publish_rulebooks_names_each_refused_file_and_publishes_the_others(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(SMALL_RULEBOOK, encoding="utf-8")
    (tmp_path / "b.yaml").write_text("slug: b\nslug: c", encoding="utf-8")
    (tmp_path / "c.yaml").write_text("", encoding="utf-8")
    (tmp_path / "d.yaml").write_text(SMALL_RULEBOOK.replace("value: 60", "value: 61"), encoding="utf-8")
    (tmp_path / "e.yaml").write_text(
        SMALL_OVERLAY.replace("base: {slug: small,", "base: {slug: large,"), encoding="utf-8"
    )
    other = digest_of({"rulebook": _with_days(61), "base": None})
    assert published(tmp_path) == (
        f"a.yaml: small v1 published, digest {DIGEST}\n",
        "b.yaml: REFUSED: line 2: key 'slug' was given on line 1 already\n"
        "c.yaml: REFUSED: not a mapping\n"
        f"d.yaml: REFUSED: small v1 is published with digest {DIGEST}; this file has {other}\n"
        "e.yaml: REFUSED: base: the base was not given\n",
        "4 of 5 rulebooks refused",
    )
    assert [str(edition) for edition in RulebookVersion.objects.all()] == ["small v1"]


def _with_days(days: int) -> dict[str, Any]:
    content = small_rulebook_content()
    content["meeting"]["days"]["value"] = days
    return content


def test_publish_rulebooks_says_so_when_there_is_none(tmp_path: Path) -> None:
    assert published(tmp_path) == ("", "", f"no rulebook in {tmp_path}")


def test_publish_rulebooks_publishes_those_that_come_with_the_program() -> None:
    call_command("publish_rulebooks", stdout=StringIO())
    editions = RulebookVersion.objects.order_by("slug")
    assert [str(edition) for edition in editions] == ["aim-scheme v1", "cn-2023 v1", "cn-ai-2026 v1"]
    assert [edition.kind for edition in editions] == ["verification", "committee", "committee"]
    assert [load_rulebook(edition).slug for edition in committee_editions()] == ["cn-2023", "cn-ai-2026"]
    assert latest_scheme("aim-dcmm") == editions[0]
    assert (load_scheme(editions[0]).slug, latest_scheme("eight-points")) == ("aim-scheme", None)


def test_scheme_is_published_once_and_is_no_committee_s_rulebook() -> None:
    content = small_scheme_content()
    edition, new = publish_rulebook(content, None, actor=None, now=NOW)
    assert (new, publish_rulebook(content, None, actor=None, now=NOW)) == (True, (edition, False))
    edition.refresh_from_db()
    assert load_scheme(edition) == parse_scheme(content)
    with pytest.raises(RulebookVersion.DoesNotExist):
        latest_rulebook(edition.slug)
    with pytest.raises(AlreadyPublished):
        publish_rulebook({**content, "time_zone": "Europe/Berlin"}, None, actor=None, now=NOW)
    with pytest.raises(BadScheme):
        publish_rulebook({**content, "version": 0}, None, actor=None, now=NOW)


def test_newest_scheme_of_an_instrument_verifies_it() -> None:
    publish_rulebook(small_scheme_content(), None, actor=None, now=NOW)
    second, _new = publish_rulebook({**small_scheme_content(), "version": 2}, None, actor=None, now=NOW)
    assert latest_scheme("small") == second
