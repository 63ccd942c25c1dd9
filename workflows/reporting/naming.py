"""People, places and codes as documents name them."""

from assessments.domain.strict import Text
from ethicsreview.accounts.models import Organisation, User
from workflows.models import Committee
from workflows.reporting.data import Party, Person


def person(user: User) -> Person:
    """A person in both languages."""
    return Person(user.pk, both(user))


def both(named: User | Organisation | Committee) -> Text:
    """A name in both languages."""
    return Text(named.name_in("en"), named.name_in("zh"))


def party(organisation: Organisation) -> Party:
    """An organisation with its letterhead and logo."""
    return Party(
        id=organisation.pk,
        name=both(organisation),
        letterhead=Text(
            organisation.letterhead_en or organisation.letterhead_zh,
            organisation.letterhead_zh or organisation.letterhead_en,
        ),
        logo=bytes(organisation.logo or b""),
    )
