"""Texts that are searched, and whether a word stands in one.

The expressions are those of the indexes in ``portal/migrations/0002_search.py``, letter for letter: a text that gains
a column needs its index anew.
"""

from dataclasses import dataclass

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import BooleanField, F, Func, Model, Q
from django.db.models.sql.compiler import SQLCompiler

from assessments.models import SelfAssessment
from ethicsreview.accounts.models import Organisation
from ethicsreview.documents.models import SignedDocument
from ethicsreview.portal.domain.marking import folded
from workflows.models import Case, Certificate, Committee, Decision, Verification


@dataclass(frozen=True)
class Text:
    """The searched columns of a model; of ``squeezed`` also a copy without hyphens, as people type references.

    ``small``: there are few thousands of them, so their ids are looked up before the rows that lead to them.
    """

    model: type[Model]
    plain: tuple[str, ...]
    squeezed: tuple[str, ...] = ()
    small: bool = False

    def holds(self, word: str, path: str = "") -> "Stands":
        """Whether the word stands in the text at the end of ``path``, found by the index."""
        return Stands(self, path, word, indexed=True)

    def reads(self, word: str, path: str = "") -> "Stands":
        """The same, found by reading: for rows that are looked at anyhow."""
        return Stands(self, path, word, indexed=False)

    def among(self, word: str, path: str) -> Q:
        """Rows whose ``path`` leads to one with the word in its text."""
        rows = self.model._default_manager.filter(self.holds(word))
        return Q(**{f"{path}__in": rows.order_by().values("pk")})


class Stands(Func):
    """A condition: every term of the word is one of the text's, and the word itself stands in it."""

    output_field = BooleanField()

    def __init__(self, text: Text, path: str, word: str, *, indexed: bool) -> None:
        names = [f"{path}__{name}" if path else name for name in (*text.plain, *text.squeezed)]
        super().__init__(*map(F, names))
        self.word, self.indexed, self.count = word, indexed, len(text.plain)

    def as_sql(  # type: ignore[override]  # the template of a Func is not in use
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper
    ) -> tuple[str, tuple[str, ...]]:
        """Columns alone go into the text, so it carries no parameter of its own."""
        columns = [compiler.compile(column)[0] for column in self.get_source_expressions()]
        parts = [f"coalesce({column}::text, '')" for column in columns]
        parts[self.count :] = [f"replace({part}, '-', '')" for part in parts[self.count :]]
        text = " || E'\\n' || ".join(parts)
        word = "lower(normalize(%s, NFKC))"
        # what stands there as it is written needs no folding of width, which takes ten times as long
        reading = f"(position({word} in lower({text})) > 0 OR position({word} in lower(normalize({text}, NFKC))) > 0)"
        holding = f"portal_terms({text}) @> portal_terms(%s)"
        if not self.indexed:
            return reading, (self.word, self.word)
        if _is_term(folded(self.word)):  # then to have the term is to hold the word
            return f"({holding})", (self.word,)
        return f"({holding} AND {reading})", (self.word, self.word, self.word)


def _is_term(word: str) -> bool:
    """Whether the word is one of the terms ``portal_terms`` makes, not several."""
    return 0 < len(word) <= (3 if word[0] < "⺀" else 2) and not any(map(str.isspace, word))


ORGANISATION = Text(Organisation, ("name", "name_zh", "credit_code"), small=True)
COMMITTEE = Text(Committee, ("code", "name", "name_zh"), small=True)
CASE = Text(Case, ("reference", "title"), ("reference",))
DECISION = Text(Decision, ("reasons_en", "reasons_zh", "requirements_en", "requirements_zh", "scope_en", "scope_zh"))
SELF_ASSESSMENT = Text(SelfAssessment, ("reference", "legal_entity", "entity_code", "scope"), ("reference",))
VERIFICATION = Text(Verification, ("reference",), ("reference",))
CERTIFICATE = Text(Certificate, ("number", "legal_entity", "scope"), ("number",))
DOCUMENT = Text(SignedDocument, ("code",), ("code",))
