"""What a rulebook asks of an applicant: the steps of the application, their items, the lists and the pledge."""

from dataclasses import dataclass
from enum import StrEnum

from assessments.domain.strict import Text
from workflows.domain.citations import Citation


class ItemKind(StrEnum):
    """The shape of an answer."""

    TEXT = "text"
    LONG_TEXT = "long_text"
    CHOICE = "choice"
    MULTI_CHOICE = "multi_choice"
    YES_NO = "yes_no"
    DATE = "date"
    NUMBER = "number"
    PEOPLE = "people"
    FILES = "files"


class StepKind(StrEnum):
    """What a step shows: its own items, the questions of the lists, or the pledge."""

    ITEMS = "items"
    SELF_ASSESSMENT = "self_assessment"
    PLEDGE = "pledge"


@dataclass(frozen=True)
class Choice:
    """One answer that can be chosen."""

    code: str
    label: Text


@dataclass(frozen=True)
class Condition:
    """Holds when ``item``, a choice or a yes/no item, was answered with ``equals``: a choice's code, yes or no."""

    item: str
    equals: str


@dataclass(frozen=True)
class FormItem:
    """One material or fact an application gives.

    ``required_when`` makes an optional item required; ``max_length`` counts characters, None where nothing is typed.
    """

    code: str
    kind: ItemKind
    label: Text
    help: Text
    required: bool
    required_when: Condition | None
    choices: tuple[Choice, ...]
    max_length: int | None
    citation: Citation


@dataclass(frozen=True)
class Step:
    """One page of the application; ``items`` is empty for the self-assessment and the pledge."""

    code: str
    kind: StepKind
    title: Text
    help: Text
    items: tuple[FormItem, ...]


@dataclass(frozen=True)
class Pledge:
    """What the applicant promises on submitting."""

    text: Text
    citation: Citation


@dataclass(frozen=True)
class ApplicationForm:
    """The guided application; its last step is the pledge."""

    steps: tuple[Step, ...]
    pledge: Pledge

    def item(self, code: str) -> FormItem:
        """Raises ``KeyError`` for a code the form does not have."""
        for step in self.steps:
            for item in step.items:
                if item.code == code:
                    return item
        raise KeyError(code)

    def step_of(self, code: str) -> Step:
        """The step an item stands in. Raises ``KeyError``."""
        for step in self.steps:
            if any(item.code == code for item in step.items):
                return step
        raise KeyError(code)


@dataclass(frozen=True)
class ListQuestion:
    """A question of the self-assessment, answered yes or no and explained when yes."""

    code: str
    question: Text
    citation: Citation


@dataclass(frozen=True)
class Lists:
    """Activities that need expert re-review, uses that may not be approved, and grounds that exempt from re-review.

    ``version`` names the edition of the re-review list; a case keeps the one it was assessed with.
    """

    version: str
    re_review: tuple[ListQuestion, ...]
    red_lines: tuple[ListQuestion, ...]
    exemptions: tuple[ListQuestion, ...]
