"""Reading the application form and the lists of a rulebook."""

from assessments.domain.strict import Reader, refuse_repeated
from workflows.domain.application_form import (
    ApplicationForm,
    Choice,
    Condition,
    FormItem,
    ItemKind,
    ListQuestion,
    Lists,
    Pledge,
    Step,
    StepKind,
)
from workflows.domain.citation_parsing import citation, entry

_CHOSEN = {ItemKind.CHOICE, ItemKind.MULTI_CHOICE}
_TYPED = {ItemKind.TEXT, ItemKind.LONG_TEXT}
# Kinds whose answer is one word, which a condition can ask for.
_DECIDING = {ItemKind.CHOICE, ItemKind.YES_NO}
# A case takes its name and its short description from these.
_NAMING = {"title": ItemKind.TEXT, "summary": ItemKind.LONG_TEXT}


def read_application(reader: Reader) -> ApplicationForm:
    """The form, whose last step is the pledge and which asks for the self-assessment once."""
    reader.mapping(required={"steps", "pledge"})
    readers = reader.get("steps").items(unique="code", least=2)
    items: dict[str, FormItem] = {}
    steps = tuple(_step(one, items) for one in readers)
    refuse_repeated(
        [item.get("code") for step in readers if step.maybe("items") for item in step.get("items").items()]
    )
    _check_order(reader.get("steps"), steps)
    _check_naming(reader.get("steps"), items)
    pledge = entry(reader.get("pledge"), required={"text"})
    return ApplicationForm(steps, Pledge(pledge.get("text").text(), citation(pledge)))


def _check_order(reader: Reader, steps: tuple[Step, ...]) -> None:
    kinds = [step.kind for step in steps]
    if kinds[-1] is not StepKind.PLEDGE or kinds.count(StepKind.PLEDGE) != 1:
        raise reader.bad("the pledge is one step, the last")
    if kinds.count(StepKind.SELF_ASSESSMENT) != 1:
        raise reader.bad("the self-assessment is one step")


def _check_naming(reader: Reader, items: dict[str, FormItem]) -> None:
    for code, kind in _NAMING.items():
        if code not in items or items[code].kind is not kind or not items[code].required:
            raise reader.bad(f"no required {kind.value} item {code!r}")


def _step(reader: Reader, items: dict[str, FormItem]) -> Step:
    reader.mapping(required={"code", "title", "help"}, optional={"kind", "items"})
    named = reader.maybe("kind")
    kind = StepKind.ITEMS if named is None else named.member(StepKind)
    if kind is not StepKind.ITEMS and reader.maybe("items") is not None:
        raise reader.get("items").bad(f"a step of kind {kind.value} has no items")
    found = reader.get("items").items(least=1) if kind is StepKind.ITEMS else []
    return Step(
        code=reader.get("code").key(),
        kind=kind,
        title=reader.get("title").text(),
        help=reader.get("help").text(),
        items=tuple(_item(one, items) for one in found),
    )


def _item(reader: Reader, items: dict[str, FormItem]) -> FormItem:
    entry(
        reader,
        required={"code", "kind", "label", "help", "required"},
        optional={"required_when", "choices", "max_length"},
    )
    kind = reader.get("kind").member(ItemKind)
    item = FormItem(
        code=_item_code(reader.get("code")),
        kind=kind,
        label=reader.get("label").text(),
        help=reader.get("help").text(),
        required=reader.get("required").boolean(),
        required_when=_condition(reader, items),
        choices=_choices(reader, kind),
        max_length=_max_length(reader, kind),
        citation=citation(reader),
    )
    return items.setdefault(item.code, item)


def _item_code(reader: Reader) -> str:
    """Answers to the lists are kept as ``redline.…`` and to the pledge as ``pledge``, beside those of the items."""
    code = reader.key()
    if "." in code or code == "pledge":
        raise reader.bad(f"{code!r} is kept for other answers")
    return code


def _condition(reader: Reader, items: dict[str, FormItem]) -> Condition | None:
    when = reader.maybe("required_when")
    if when is None:
        return None
    if reader.get("required").boolean():
        raise when.bad("the item is required already")
    when.mapping(required={"item", "equals"})
    deciding = [code for code, item in items.items() if item.kind in _DECIDING]
    item = items[when.get("item").reference(deciding, "choice or yes/no item before this one")]
    answers = [choice.code for choice in item.choices] or ["yes", "no"]
    return Condition(item.code, when.get("equals").reference(answers, f"answer of {item.code}"))


def _choices(reader: Reader, kind: ItemKind) -> tuple[Choice, ...]:
    found = reader.maybe("choices")
    if kind not in _CHOSEN:
        if found is not None:
            raise found.bad(f"an item of kind {kind.value} has no choices")
        return ()
    return tuple(
        Choice(one.get("code").key(), one.get("label").text())
        for one in reader.get("choices").items(unique="code", least=2)
        if one.mapping(required={"code", "label"})
    )


def _max_length(reader: Reader, kind: ItemKind) -> int | None:
    found = reader.maybe("max_length")
    if kind in _TYPED:
        return reader.get("max_length").integer(least=1)
    if found is not None:
        raise found.bad(f"an item of kind {kind.value} has no length")
    return None


def read_lists(reader: Reader) -> Lists:
    """The lists and their version."""
    reader.mapping(required={"version", "re_review", "red_lines", "exemptions"})
    return Lists(
        version=reader.get("version").string(),
        re_review=_questions(reader.get("re_review")),
        red_lines=_questions(reader.get("red_lines")),
        exemptions=_questions(reader.get("exemptions")),
    )


def _questions(reader: Reader) -> tuple[ListQuestion, ...]:
    return tuple(
        ListQuestion(_item_code(one.get("code")), one.get("question").text(), citation(one))
        for one in reader.items(unique="code")
        if entry(one, required={"code", "question"})
    )
