"""Every field that keeps words refuses characters that nobody sees."""

import importlib
import pkgutil
from collections.abc import Iterator

import pytest
from django import forms
from django.contrib.auth.forms import UsernameField
from django.core.exceptions import ValidationError

import assessments
import ethicsreview
import workflows
from ethicsreview.documents.forms import printable

ROOTS = (assessments, ethicsreview, workflows)
NOT_KEPT = (forms.HiddenInput, forms.PasswordInput)  # what a page was filled from, and secrets
SOUGHT_OR_COMPARED = {  # words looked for, and codes that a pattern of their own admits
    "CaseFilterForm.text",
    "CodeForm.code",
    "CommitteeRegisterForm.text",
    "DecisionRegisterForm.committee",
    "DecisionRegisterForm.kind",
    "DecisionRegisterForm.text",
    "JudgeForm.criterion",
    "NumberForm.number",
    "OutlineForm.entity_code",
    "RegisterForm.text",
    "SearchForm.q",
    "VerificationFilterForm.text",
}
UNSEEN = {
    "\u202e": "U+202E after “Audit ”",
    "\u2066": "U+2066 after “Audit ”",
    "\u200b": "U+200B after “Audit ”",
    "\u200d": "U+200D after “Audit ”",
    "\u200f": "U+200F after “Audit ”",
    "\ufeff": "U+FEFF after “Audit ”",
    "\x07": "U+0007 after “Audit ”",
}


def our_forms() -> dict[str, type[forms.BaseForm]]:
    """Every form class of the house by its name; its modules are imported for it."""
    for root in ROOTS:
        for module in pkgutil.walk_packages(root.__path__, f"{root.__name__}."):
            if ".forms" in module.name or module.name.endswith(".admin"):
                importlib.import_module(module.name)
    names = {root.__name__ for root in ROOTS}
    return {form.__name__: form for form in _below(forms.BaseForm) if form.__module__.split(".")[0] in names}


def _below(form: type[forms.BaseForm]) -> Iterator[type[forms.BaseForm]]:
    for child in form.__subclasses__():
        yield child
        yield from _below(child)


def word_fields() -> dict[str, forms.CharField]:
    """The fields that take free words, by form and name."""
    return {
        f"{name}.{key}": field
        for name, form in our_forms().items()
        for key, field in getattr(form, "base_fields", {}).items()
        if isinstance(field, forms.CharField)
        and not isinstance(field, (forms.EmailField, UsernameField))
        and not isinstance(field.widget, NOT_KEPT)
    }


def test_every_field_of_words_refuses_what_nobody_sees() -> None:
    known = word_fields()
    # Those below are given their rule where they are made or cleaned, and are fed such a text in tests of their own.
    later = {
        *(f"OrganisationForm.{name}" for name in ("name", "name_zh", "credit_code", "province", "sector")),
        *(f"UserForm.{name}" for name in ("name", "name_zh")),
        *(f"LetterheadForm.letterhead_{language}" for language in ("en", "zh")),
        "CommitteeForm.code",
    }
    without = {name for name, field in known.items() if printable not in field.validators}
    assert without == SOUGHT_OR_COMPARED | later
    assert len(known) > 60


@pytest.mark.parametrize("sign", list(UNSEEN))
def test_unseen_character_is_named_with_the_words_before_it(sign: str) -> None:
    with pytest.raises(ValidationError) as refused:
        printable(f"Audit {sign}report")
    words = "Characters that nobody sees, and that can make a text read otherwise, are not taken: %s."
    assert refused.value.messages == [words % UNSEEN[sign]]


def test_white_space_and_soft_hyphens_are_taken() -> None:
    printable("One\ttwo\r\nthree\u3000four\u00a0five si\u00adx")
