"""Keeping searches: saved, renamed, removed, each with one event; nobody else's."""

from datetime import datetime

import pytest

from ethicsreview.accounts.models import User
from ethicsreview.audit.models import AuditEvent
from ethicsreview.audit.queries import verify_chain
from ethicsreview.portal.actions.searches import remove_search, rename_search, save_search
from ethicsreview.portal.domain.searches import MOST_SAVED, Filter, Kind, NotKept, Place, Reason, Search, Side
from ethicsreview.portal.models import SavedSearch

pytestmark = pytest.mark.django_db

SEARCH = Search(Kind.DECISIONS, "crop", ((Filter.YEAR, 2026),), place=Place(Side.LAST))


def events() -> list[tuple[str, str, dict[str, object]]]:
    return [(one.verb, one.subject, one.facts) for one in AuditEvent.objects.filter(chain="operator").order_by("pk")]


def test_search_is_saved_from_its_first_page(applicant: User, now: datetime) -> None:
    saved = save_search(SEARCH, name="Crops", actor=applicant, now=now)
    assert (saved.owner, saved.name, saved.address) == (applicant, "Crops", "kind=decisions&q=crop&year=2026")
    assert events() == [("search.saved", f"saved_search:{saved.pk}", {})]
    assert verify_chain("operator").ok


def test_name_is_taken_once_for_each_owner(applicant: User, stranger: User, now: datetime) -> None:
    save_search(SEARCH, name="Crops", actor=applicant, now=now)
    save_search(SEARCH, name="Crops", actor=stranger, now=now)
    with pytest.raises(NotKept) as refused:
        save_search(Search(), name="Crops", actor=applicant, now=now)
    assert (refused.value.reason, SavedSearch.objects.count(), len(events())) == (Reason.NAME_TAKEN, 2, 2)


def test_only_so_many_are_kept(applicant: User, now: datetime) -> None:
    SavedSearch.objects.bulk_create(
        SavedSearch(owner=applicant, name=f"Search {number}", address="kind=cases", created_at=now)
        for number in range(MOST_SAVED)
    )
    with pytest.raises(NotKept) as refused:
        save_search(SEARCH, name="One more", actor=applicant, now=now)
    assert (refused.value.reason, events()) == (Reason.TOO_MANY, [])


def test_search_is_renamed_and_removed(applicant: User, now: datetime) -> None:
    saved = save_search(SEARCH, name="Crops", actor=applicant, now=now)
    save_search(SEARCH, name="Other", actor=applicant, now=now)
    assert rename_search(saved.pk, name="Fields", actor=applicant, now=now).name == "Fields"
    rename_search(saved.pk, name="Fields", actor=applicant, now=now)
    with pytest.raises(NotKept):
        rename_search(saved.pk, name="Other", actor=applicant, now=now)
    remove_search(saved.pk, actor=applicant, now=now)
    assert [row.name for row in SavedSearch.objects.all()] == ["Other"]
    subject = f"saved_search:{saved.pk}"
    assert [one for one in events() if one[1] == subject] == [
        ("search.saved", subject, {}),
        ("search.renamed", subject, {}),
        ("search.removed", subject, {}),
    ]


def test_nobody_elses_search_is_touched(applicant: User, stranger: User, now: datetime) -> None:
    saved = save_search(SEARCH, name="Crops", actor=applicant, now=now)
    with pytest.raises(SavedSearch.DoesNotExist):
        rename_search(saved.pk, name="Mine", actor=stranger, now=now)
    with pytest.raises(SavedSearch.DoesNotExist):
        remove_search(saved.pk, actor=stranger, now=now)
    assert (SavedSearch.objects.get().name, len(events())) == ("Crops", 1)
