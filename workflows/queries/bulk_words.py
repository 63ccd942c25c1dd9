"""By which words sheets, columns and choices of a bulk import are known, in both languages."""

from collections.abc import Iterable, Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from assessments.domain.enterprises import Sector
from assessments.domain.instrument import Instrument
from assessments.domain.strict import Text
from assessments.wording import SECTORS
from ethicsreview.accounts.domain import MemberRole, OrganisationKind, Reach
from ethicsreview.accounts.wording import KINDS, ROLES, in_both
from workflows.domain.bulk_sheets import COLUMNS, Sheet, fold
from workflows.domain.rooms import SeatRole, Sex
from workflows.domain.rulebook import Rulebook
from workflows.wording import SEAT_ROLES, SEXES

Label = Mapping[str, str]  # by language, "en" and "zh"
Choices = Mapping[tuple[Sheet, str], Mapping[str, Label]]

SHEETS: dict[Sheet, Promise] = {
    Sheet.ORGANISATIONS: pgettext_lazy("import", "Organisations"),
    Sheet.PEOPLE: pgettext_lazy("import", "People"),
    Sheet.COMMITTEES: pgettext_lazy("import", "Committees"),
    Sheet.SEATS: pgettext_lazy("import", "Seats"),
}

EXPLANATION = pgettext_lazy("workbook", "How to fill it in")
LISTS = pgettext_lazy("import", "Lists")

REACHES: dict[Reach, Promise] = {
    Reach.NATIONAL: pgettext_lazy("jurisdiction", "the whole country"),
    Reach.PROVINCE: pgettext_lazy("jurisdiction", "its province"),
    Reach.SECTOR: pgettext_lazy("jurisdiction", "its sector"),
    Reach.LISTED: pgettext_lazy("jurisdiction", "a list of organisations"),
    Reach.NONE: pgettext_lazy("jurisdiction", "none"),
}

HEADS: dict[str, Promise] = {
    "key": pgettext_lazy("import", "Key"),
    "kind": pgettext_lazy("import", "Kind"),
    "name": pgettext_lazy("import", "Name"),
    "name_zh": pgettext_lazy("import", "Name in Chinese"),
    "credit_code": pgettext_lazy("import", "Unified social credit code"),
    "province": pgettext_lazy("import", "Province"),
    "sector": pgettext_lazy("import", "Sector"),
    "reach": pgettext_lazy("import", "Jurisdiction"),
    "covered": pgettext_lazy("import", "Covers"),
    "mail": pgettext_lazy("import", "Mail address"),
    "language": pgettext_lazy("import", "Language"),
    "organisation": pgettext_lazy("import", "Organisation"),
    "role": pgettext_lazy("import", "Role"),
    "from": pgettext_lazy("import", "From"),
    "until": pgettext_lazy("import", "Until"),
    "host": pgettext_lazy("import", "Host"),
    "code": pgettext_lazy("import", "Code"),
    "rulebook": pgettext_lazy("import", "Rulebook"),
    "instrument": pgettext_lazy("import", "Instrument"),
    "circumstances": pgettext_lazy("import", "Circumstances"),
    "committee": pgettext_lazy("import", "Committee"),
    "categories": pgettext_lazy("import", "Categories"),
    "sex": pgettext_lazy("import", "Sex"),
    "external": pgettext_lazy("import", "From outside the host"),
    "profession": pgettext_lazy("import", "Profession in English"),
    "profession_zh": pgettext_lazy("import", "Profession in Chinese"),
}

OF_PEOPLE: dict[str, Promise] = {
    "name": pgettext_lazy("import of people", "Name"),
    "name_zh": pgettext_lazy("import of people", "Name in Chinese"),
}

_ORGANISATION = _("Key, credit code or exact name of an organisation: one of this file, or one that is here already.")
_DAY = _("A day: 2026-11-25, 2026/11/25 or 2026年11月25日, or a cell formatted as a date.")

HINTS: dict[tuple[Sheet, str], Promise] = {
    (Sheet.ORGANISATIONS, "key"): _("Any short word of yours; other sheets name the organisation by it. Not kept."),
    (Sheet.ORGANISATIONS, "name"): _("In Latin letters, at most 200 characters."),
    (Sheet.ORGANISATIONS, "credit_code"): _("18 digits and letters; the last one is checked (GB 32100)."),
    (Sheet.ORGANISATIONS, "province"): _(
        "The same short code for all, such as 310000; authorities are matched by it."
    ),
    (Sheet.ORGANISATIONS, "reach"): _("For authorities alone: what they see."),
    (Sheet.ORGANISATIONS, "covered"): _(
        "For an authority with a list: keys, credit codes or names, with semicolons between them."
    ),
    (Sheet.PEOPLE, "mail"): _("One person has one address; for several roles repeat it in several rows."),
    (Sheet.PEOPLE, "name"): _("In Latin letters; needed for a person who has no account yet."),
    (Sheet.PEOPLE, "language"): _(
        "Of a new account; empty: Chinese when there is a Chinese name. Who has an account keeps the own choice."
    ),
    (Sheet.PEOPLE, "organisation"): _ORGANISATION,
    (Sheet.PEOPLE, "role"): _("What the kind of organisation allows; empty together with the organisation."),
    (Sheet.PEOPLE, "from"): _("A day like 2026-11-25; empty: today, or the role that is held already."),
    (Sheet.PEOPLE, "until"): _("The last day; empty: until further notice."),
    (Sheet.COMMITTEES, "key"): _("Any short word of yours; the seats name the committee by it. Not kept."),
    (Sheet.COMMITTEES, "host"): _("A review body or service centre: key, credit code or exact name."),
    (Sheet.COMMITTEES, "code"): _(
        "Begins the reference of every case: a letter, then letters, digits or hyphens, at most 12."
    ),
    (Sheet.COMMITTEES, "rulebook"): _("For a new committee."),
    (Sheet.COMMITTEES, "instrument"): _("For a new committee."),
    (Sheet.COMMITTEES, "circumstances"): _("What makes further categories needed; semicolons between several."),
    (Sheet.SEATS, "committee"): _("Key, code or exact name of a committee."),
    (Sheet.SEATS, "mail"): _("Of a person with the role of member or secretary at the host."),
    (Sheet.SEATS, "categories"): _("What the person covers, by the rulebook; semicolons between several."),
    (Sheet.SEATS, "sex"): _("The rulebook asks for women and men; needed for a new seat."),
    (Sheet.SEATS, "external"): _("Yes or no; empty: no."),
    (Sheet.SEATS, "from"): _DAY,
    (Sheet.SEATS, "until"): _("The last day; the rulebook says how long a term may be."),
}


def head_of(sheet: Sheet, column: str) -> str:
    """What a column is called; empty for none of ours."""
    own = OF_PEOPLE if sheet is Sheet.PEOPLE else dict[str, Promise]()
    return str(own.get(column) or HEADS.get(column) or "")


def choices_of(rulebooks: Iterable[Rulebook], instruments: Iterable[Instrument]) -> Choices:
    """Every choice of every column with its label; categories and circumstances are those of all rulebooks."""
    books = list(rulebooks)
    categories = [category for rules in books for category in rules.committee.categories]
    return {
        (Sheet.ORGANISATIONS, "kind"): {kind.value: in_both(KINDS[kind]) for kind in OrganisationKind},
        (Sheet.ORGANISATIONS, "sector"): {sector.value: _label(SECTORS[sector]) for sector in Sector},
        (Sheet.ORGANISATIONS, "reach"): {reach.value: in_both(REACHES[reach]) for reach in Reach},
        (Sheet.PEOPLE, "language"): {
            "en": {"en": "English", "zh": "英文"},
            "zh-hans": {"en": "Chinese", "zh": "中文"},
        },
        (Sheet.PEOPLE, "role"): {role.value: in_both(ROLES[role]) for role in MemberRole},
        (Sheet.COMMITTEES, "rulebook"): {rules.slug: _said(rules.title) for rules in books},
        (Sheet.COMMITTEES, "instrument"): {one.slug: _said(one.title) for one in instruments},
        (Sheet.COMMITTEES, "circumstances"): {one.when: _said(one.label) for one in categories if one.when},
        (Sheet.SEATS, "role"): {role.value: in_both(SEAT_ROLES[role]) for role in SeatRole},
        (Sheet.SEATS, "categories"): {one.code: _said(one.label) for one in categories},
        (Sheet.SEATS, "sex"): {sex.value: in_both(SEXES[sex]) for sex in Sex},
    }


def spellings_of(choices: Choices) -> dict[tuple[Sheet, str], dict[str, str]]:
    """Each way of writing a choice: its code, or its label in either language."""
    return {
        column: {fold(text): code for code, label in labels.items() for text in (label["zh"], label["en"], code)}
        for column, labels in choices.items()
    }


def columns_of() -> dict[Sheet, dict[str, str]]:
    """Each way of writing a column's head: its name here, or what it is called in either language."""
    return {
        sheet: {
            fold(text): column.name
            for column in columns
            for words in (HEADS[column.name], OF_PEOPLE.get(column.name, HEADS[column.name]))
            for text in (*in_both(words).values(), column.name)
        }
        for sheet, columns in COLUMNS.items()
    }


def sheets_of() -> dict[str, Sheet]:
    """Each way of writing a sheet's name."""
    return {fold(text): sheet for sheet in Sheet for text in (*in_both(SHEETS[sheet]).values(), sheet.value)}


def own_sheets_of() -> set[str]:
    """The names of the sheets that the template has beside."""
    return {fold(text) for words in (EXPLANATION, LISTS) for text in in_both(words).values()}


def _said(text: Text) -> Label:
    return {"en": text.in_("en"), "zh": text.in_("zh")}


def _label(words: str | Promise) -> Label:
    return {"en": words, "zh": words} if isinstance(words, str) else in_both(words)
