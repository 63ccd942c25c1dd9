"""The loader guesses nothing and answers everything it cannot read with one error."""

import pytest

from ethicsreview.strictyaml import BadYaml, load


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12:30", "12:30"),
        ("010", "010"),
        ("0x10", "0x10"),
        ("1_000", "1_000"),
        ("no", "no"),
        ("on", "on"),
        ("2026-01-01", "2026-01-01"),
        (".inf", ".inf"),
        ("0", 0),
        ("-3", -3),
        ("2.5", 2.5),
        ("true", True),
        ("null", None),
        ("", None),
    ],
)
def test_scalar_is_what_it_looks_like(text: str, value: object) -> None:
    loaded = load(f"a: {text}")["a"]
    assert (loaded, type(loaded)) == (value, type(value))


@pytest.mark.parametrize(
    "text",
    [
        "a: 1\na: 2",
        "? [a]\n: 1",
        "? {a: 1}\n: 1",
        "[" * 1000,
        "a: &x [*x]",
        "a: !!timestamp 2026-01-01",
        "a: !!set {b}",
        "a: !!int x",
        "a: !!bool perhaps",
        "a: !!python/object:os.system x",
        "a: 1\n---\nb: 2",
    ],
)
def test_text_that_is_not_plain_is_refused(text: str) -> None:
    with pytest.raises(BadYaml):
        load(text)


def test_duplicate_and_impossible_keys_are_named_with_their_line() -> None:
    with pytest.raises(BadYaml, match=r"^line 2: key 'a' was given on line 1 already$"):
        load("a: 1\na: 2")
    with pytest.raises(BadYaml, match=r"^line 2: a list or mapping cannot be a key$"):
        load("a: 1\n? [b]\n: 2")
