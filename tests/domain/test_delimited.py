"""Text with separators as spreadsheets of two countries save it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ethicsreview.files.domain.delimited import rows_of
from ethicsreview.files.domain.kinds import BadFile, Fault


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("a,b\r\n1,2\r\n", [["a", "b"], ["1", "2"]]),
        ("a;b\n1,5;2", [["a", "b"], ["1,5", "2"]]),
        ("a\tb\n1\t2", [["a", "b"], ["1", "2"]]),
        ('"a;b;c",d\n"x ""y""\nz",2', [["a;b;c", "d"], ['x "y"\nz', "2"]]),
        ("a\n\n1\n", [["a"], [], ["1"]]),
        ("名称,类型\n江河,企业\n", [["名称", "类型"], ["江河", "企业"]]),
        ("", []),
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_rows_are_those_a_spreadsheet_shows(text: str, rows: list[list[str]], encoding: str) -> None:
    assert list(rows_of(text.encode(encoding))) == rows


@pytest.mark.parametrize(("content", "fault"), [(b"\x81\xff\n", Fault.NOT_TEXT), (b"a" * 200_000, Fault.DAMAGED)])
def test_what_is_no_such_text_is_refused(content: bytes, fault: Fault) -> None:
    with pytest.raises(BadFile) as refused:
        list(rows_of(content))
    assert refused.value.code is fault


@given(st.binary(max_size=200))
def test_any_bytes_are_rows_or_refused(content: bytes) -> None:
    try:
        rows = list(rows_of(content))
    except BadFile:
        rows = []
    assert all(isinstance(cell, str) for row in rows for cell in row)
