"""``manage.py score``: answers from files alone, exit codes, and nothing that a file holds brings it down."""

import io
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from tests.domain.small_staged import published

ROOT = Path(__file__).resolve().parents[2]
AIM = published("aim-dcmm.v1")


def asked(**entries: Any) -> dict[str, Any]:
    """A request for every item exactly at three with DCMM 4, with other entries."""
    items = {
        key: {"ratings": {one.key: "F" if one.level <= 3 else "N" for cell in item.cells for one in cell}}
        for key, item in AIM.items.items()
    }
    content = {
        "instrument": "aim-dcmm",
        "version": 1,
        "reference_date": "2026-11-23",
        "dcmm": {"level": 4},
        "items": items,
    }
    return content | entries


def scored(folder: Path, content: bytes, **options: Any) -> str:
    """What the command writes for a file that holds ``content``."""
    file, out = folder / "answers.json", io.StringIO()
    file.write_bytes(content)
    call_command("score", str(file), stdout=out, **options)
    return out.getvalue()


def refused(folder: Path, content: bytes, **options: Any) -> tuple[int, str]:
    """Exit code and line for a file that is refused."""
    with pytest.raises(CommandError) as error:
        scored(folder, content, **options)
    return error.value.returncode, str(error.value)


def test_score_needs_no_database_and_reads_standard_input() -> None:
    settings = {
        "DJANGO_SETTINGS_MODULE": "ethicsreview.settings.test",
        "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/nowhere",
        "REDIS_URL": "redis://127.0.0.1:1/0",
    }
    run = subprocess.run(
        [sys.executable, "manage.py", "score", "-"],
        cwd=ROOT,
        env=os.environ | settings,
        input=json.dumps(asked()),
        capture_output=True,
        text=True,
    )
    found = json.loads(run.stdout)
    assert (run.returncode, run.stderr, found["tier"], found["index"]) == (0, "", 3, "3/1")


def test_bad_input_leaves_with_two_and_one_line() -> None:
    run = subprocess.run(
        [sys.executable, "manage.py", "score", "-"],
        cwd=ROOT,
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "ethicsreview.settings.test"},
        input=json.dumps(asked(target=6)),
        capture_output=True,
        text=True,
    )
    assert (run.returncode, run.stdout, run.stderr) == (2, "", "CommandError: target: there are 5 tiers\n")


def test_answer_of_a_file_is_json_with_everything(tmp_path: Path) -> None:
    found = json.loads(scored(tmp_path, json.dumps(asked()).encode()))
    assert list(found) == [
        "tier",
        "gates",
        "binding",
        "blocking",
        "index",
        "index_display",
        "capped",
        "capped_display",
        "levels",
        "complete",
        "provisional",
        "bounds",
    ]
    assert (found["tier"], found["gates"]) == (3, {"dcmm": 4, "floor": 3, "score": 3})


def test_incomplete_answers_are_no_error(tmp_path: Path) -> None:
    found = json.loads(scored(tmp_path, json.dumps(asked(items={})).encode()))
    assert (found["tier"], found["complete"], found["bounds"]["upper"]) == (None, False, {"tier": 4, "index": "5/1"})


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (b"", "(file): not JSON: Expecting value (line 1, column 1)"),
        (b"{", "(file): not JSON: Expecting property name enclosed in double quotes (line 1, column 2)"),
        (b"[]", "(file): expected a mapping, found list"),
        (b"NaN", "(file): expected a mapping, found float"),
        (b"\xff\xfe\xfa", "(file): not UTF-8"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "(file): not UTF-8"),
        (b"[" * 100_000, "(file): nested too deeply"),
        (b'{"items":' * 50_000, "(file): nested too deeply"),
        (b"9" * 5000, "(file): not JSON: a number of too many digits"),
        (b'{"version": 1, "version": 1}', "version: stands twice"),
        (
            b'{"items": {"1.1": {"ratings": {"1.1.1": "F", "1.1.1": "N"}}}}',
            "items.1.1.ratings.1.1.1: stands twice",
        ),
        (b'{"items": [1, {"a": 1, "a": 2}]}', "items[1].a: stands twice"),
        (b'[{"a": 1, "a": 2}]', "[0].a: stands twice"),
        (b'{"a": {"b": 1, "b": 2}, "a": 3}', "a: stands twice"),
        (b'{"instrument": "aim-dcmm", "version": 1}', "items: missing"),
        (b'{"instrument": "x", "version": true, "items": {}}', "version: expected a whole number, found bool"),
        (b'{"instrument": "x", "version": 1, "items": {}}', "instrument: no instrument 'x' version 1"),
        (
            b'{"instrument": "eight-points", "version": 1, "items": {}}',
            "instrument: eight-points.v1.yaml: not a staged instrument",
        ),
        (
            b'{"instrument": "../instruments/aim-dcmm", "version": 1, "items": {}}',
            "instrument: no instrument '../instruments/aim-dcmm' version 1",
        ),
        (b'{"instrument": "aim-dcmm", "version": NaN, "items": {}}', "version: expected a whole number, found float"),
        (b'{"two\\nlines": 1}', "two\\nlines: unknown key"),
        (b'{"\\ud800": 1}', "\\ud800: unknown key"),
        (b'{"\xe9\xa1\xb9": 1}', "项: unknown key"),
    ],
    ids=lambda value: str(value[:24]),
)
def test_file_that_is_no_computation_is_refused_in_one_line(tmp_path: Path, content: bytes, line: str) -> None:
    assert refused(tmp_path, content) == (2, line)


@pytest.mark.parametrize("depth", [200, 900, 3000])
def test_deep_value_in_a_known_place_is_refused(tmp_path: Path, depth: int) -> None:
    for place in ("instrument", "dcmm", "target", "items"):
        content = json.dumps(asked(**{place: "HERE"})).replace('"HERE"', "[" * depth + "]" * depth)
        code, line = refused(tmp_path, content.encode())
        assert (code, line.split(": ")[0] in {place, "(file)"}, line.count("\n")) == (2, True, 0)


def test_long_names_are_cut(tmp_path: Path) -> None:
    code, line = refused(tmp_path, json.dumps({"x" * 1_000_000: 1}).encode())
    assert (code, line) == (2, f"{'x' * 300}…: unknown key")
    code, line = refused(tmp_path, json.dumps(asked(dcmm={"level": 4, "source": "y" * 1_000_000})).encode())
    assert (code, len(line)) == (2, len("dcmm.source: ") + 301)


def test_file_that_is_not_there_is_refused() -> None:
    with pytest.raises(CommandError) as error:
        call_command("score", "/nowhere/answers.json")
    assert (error.value.returncode, str(error.value)) == (2, "(file): No such file or directory")


def test_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(CommandError) as error:
        call_command("score", str(tmp_path))
    assert (error.value.returncode, str(error.value)) == (2, "(file): Is a directory")


def test_byte_order_mark_is_understood(tmp_path: Path) -> None:
    plain = scored(tmp_path, json.dumps(asked()).encode())
    assert scored(tmp_path, b"\xef\xbb\xbf" + json.dumps(asked()).encode()) == plain


def test_every_line_is_answered_in_its_place(tmp_path: Path) -> None:
    good, bad = json.dumps(asked()), json.dumps(asked(target="3"))
    out = io.StringIO()
    file = tmp_path / "answers.jsonl"
    lines = [good, bad, "", "{", good.replace('"1.1.1": "F"', '"1.1.1": null'), "\ufeff" + good]
    file.write_bytes("\r\n".join(lines).encode() + b"\r\n\xff\xfe\n" + good.encode())
    with pytest.raises(CommandError) as error:
        call_command("score", str(file), lines=True, stdout=out)
    assert (error.value.returncode, str(error.value)) == (2, "4 of the lines are not computations")
    found = [json.loads(line) for line in out.getvalue().splitlines()]
    assert [one.get("error", one.get("tier")) for one in found] == [
        3,
        "target",
        "(file)",
        "(file)",
        None,
        3,
        "(file)",
        3,
    ]
    assert [set(one) for one in found if "error" in one] == [{"error"}] * 4


def test_good_lines_leave_with_nothing_to_say(tmp_path: Path) -> None:
    written = scored(tmp_path, b"\n".join([json.dumps(asked()).encode()] * 3) + b"\n", lines=True)
    assert [json.loads(line)["tier"] for line in written.splitlines()] == [3, 3, 3]
    assert scored(tmp_path, b"", lines=True) == ""


def test_answers_are_written_in_plain_letters_for_any_terminal(tmp_path: Path) -> None:
    out = io.StringIO()
    file = tmp_path / "answers.jsonl"
    file.write_text('{"项目": 1}\n', encoding="utf-8")
    with pytest.raises(CommandError):
        call_command("score", str(file), lines=True, stdout=out)
    assert out.getvalue() == '{"error":"\\u9879\\u76ee"}\n'


def test_instruments_of_another_folder_are_read_instead(tmp_path: Path) -> None:
    content = (ROOT / "fixtures/instruments/aim-dcmm.v1.yaml").read_text(encoding="utf-8")
    changed = content.replace("version: 1\n", "version: 2\n", 1).replace("strict_floor: false", "strict_floor: true")
    (tmp_path / "aim-dcmm.v1.yaml").write_text(content, encoding="utf-8")
    (tmp_path / "aim-dcmm.v2.yaml").write_text(changed, encoding="utf-8")
    behind = asked()
    behind["items"]["1.2"]["ratings"]["1.2.3"] = "N"
    tiers = [
        json.loads(scored(tmp_path, json.dumps(behind | {"version": version}).encode(), instruments=tmp_path))["tier"]
        for version in (1, 2, 1)
    ]
    assert tiers == [3, 2, 3]


def test_broken_instrument_says_so(tmp_path: Path) -> None:
    (tmp_path / "aim-dcmm.v1.yaml").write_text("slug: aim-dcmm\nslug: twice\n", encoding="utf-8")
    code, line = refused(tmp_path, json.dumps(asked()).encode(), instruments=tmp_path)
    assert (code, line) == (2, "instrument: aim-dcmm.v1.yaml: line 2: key 'slug' was given on line 1 already")
