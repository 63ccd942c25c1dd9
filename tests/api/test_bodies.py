"""What a deed takes is explained field by field, and its example is one it takes."""

import pytest

from ethicsreview.interface.api.doors import Deed
from ethicsreview.interface.serializers import Nothing
from workflows.api import (
    applications,
    cases,
    committees,
    decisions,
    files,
    intake,
    meetings,
    motions,
    people,
    reports,
    reviews,
)

MODULES = (applications, cases, committees, decisions, files, intake, meetings, motions, people, reports, reviews)
DEEDS = [deed for module in MODULES for deed in vars(module).values() if isinstance(deed, Deed)]
TAKING = [deed for deed in DEEDS if deed.takes is not Nothing]


def named(deed: Deed) -> str:
    return deed.name


def test_every_deed_has_a_name_of_its_own() -> None:
    assert len({deed.name for deed in DEEDS}) == len(DEEDS) == 52


@pytest.mark.parametrize("deed", TAKING, ids=named)
def test_every_field_is_explained(deed: Deed) -> None:
    assert [name for name, field in deed.takes().fields.items() if not field.help_text] == []


@pytest.mark.parametrize("deed", [deed for deed in TAKING if not deed.files], ids=named)
def test_example_is_one_it_takes(deed: Deed) -> None:
    body = deed.takes(data=deed.example)
    assert body.is_valid(), body.errors
