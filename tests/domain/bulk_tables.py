"""Sheets of a bulk import in few words, and a small vocabulary to read them by."""

from datetime import date

from workflows.domain.bulk import Rows, read_tables
from workflows.domain.bulk_cells import check_digit
from workflows.domain.bulk_import import plan_import
from workflows.domain.bulk_plan import Plan
from workflows.domain.bulk_sheets import COLUMNS, Sheet, Table, Vocabulary, fold
from workflows.domain.bulk_standing import RulebookChoices, Standing

TODAY = date(2026, 11, 25)
CHOICES = {
    (Sheet.ORGANISATIONS, "kind"): {"enterprise": "企业", "review_body": "审查机构", "authority": "主管部门"},
    (Sheet.ORGANISATIONS, "sector"): {"health": "卫生", "education": "教育"},
    (Sheet.ORGANISATIONS, "reach"): {"national": "全国", "listed": "清单", "none": "无"},
    (Sheet.PEOPLE, "language"): {"en": "英文", "zh-hans": "中文"},
    (Sheet.PEOPLE, "role"): {"manager": "管理员", "member": "委员", "secretary": "秘书", "applicant": "申请人"},
    (Sheet.COMMITTEES, "rulebook"): {"rules": "规则", "others": "别的规则"},
    (Sheet.COMMITTEES, "instrument"): {"points": "八项"},
    (Sheet.COMMITTEES, "circumstances"): {"island": "岛屿"},
    (Sheet.SEATS, "role"): {"chair": "主任委员", "member": "委员"},
    (Sheet.SEATS, "categories"): {"law": "法律", "ethics": "伦理", "boats": "船舶"},
    (Sheet.SEATS, "sex"): {"female": "女", "male": "男"},
}
WORDS = Vocabulary(
    columns={sheet: {fold(column.name): column.name for column in columns} for sheet, columns in COLUMNS.items()},
    choices={
        column: {fold(text): code for code, label in labels.items() for text in (label, code)}
        for column, labels in CHOICES.items()
    },
    roles_of_kind={
        "enterprise": ("manager", "applicant"),
        "review_body": ("manager", "member", "secretary"),
        "authority": ("manager",),
    },
    hosts=frozenset({"review_body"}),
    seatable=frozenset({"member", "secretary"}),
    is_mail=lambda text: text.count("@") == 1 and "." in text.partition("@")[2],
    unprintable=lambda text: [f"U+{ord(sign):04X}" for sign in text if sign == "\u202e"],
)
STANDING = Standing(
    today=TODAY,
    rulebooks={
        "rules": RulebookChoices(frozenset({"law", "ethics"}), frozenset({"island"})),
        "others": RulebookChoices(frozenset({"boats"}), frozenset()),
    },
)


def code(number: int) -> str:
    """A unified social credit code that fits."""
    seventeen = f"91310000{number:09d}"
    return seventeen + check_digit(seventeen)


def table(sheet: Sheet, heads: str, *rows: str) -> Table:
    """A sheet named as its kind; cells stand between bars, the first row is row 2, ``∅`` a formula never computed."""
    cells = [tuple(None if cell == "∅" else cell for cell in row.split("|")) for row in rows]
    filled = [(number, row) for number, row in enumerate(cells, start=2) if any(cell != "" for cell in row)]
    return Table(sheet, sheet.value, tuple(heads.split("|")), tuple(filled))


def organisations(*rows: str, heads: str = "key|kind|name|name_zh|credit_code|reach|covered") -> Table:
    return table(Sheet.ORGANISATIONS, heads, *rows)


def people(*rows: str, heads: str = "mail|name|name_zh|organisation|role|from|until") -> Table:
    return table(Sheet.PEOPLE, heads, *rows)


def committees(*rows: str, heads: str = "key|host|code|name|rulebook|instrument|circumstances") -> Table:
    return table(Sheet.COMMITTEES, heads, *rows)


def seats(*rows: str, heads: str = "committee|mail|role|categories|sex|external|from|until") -> Table:
    return table(Sheet.SEATS, heads, *rows)


def read(*tables: Table) -> Rows:
    return read_tables(tables, WORDS)


def planned(*tables: Table, standing: Standing = STANDING) -> Plan:
    return plan_import(read(*tables), standing, WORDS)[0]


def faults(*tables: Table, standing: Standing = STANDING) -> list[tuple[str, str, str]]:
    """Each wrong cell as sheet and row, column, code."""
    found = planned(*tables, standing=standing).faults
    return [(f"{fault.at.sheet}{fault.at.number}", fault.column, fault.code.value) for fault in found]
