"""The lock pins everything by hash and names no address; nothing committed names this machine or a registry."""

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
REQUIREMENT = re.compile(r"^([a-z0-9][a-z0-9-]*)==([^ ;\\]+)(?: ; ([^\\]+))? \\$")
HASH = re.compile(r"^    --hash=sha256:[0-9a-f]{64}(?: \\)?$")
REGISTRY = re.compile(r"(?:pypi|pythonhosted|npmjs|conda|crates)\.(?:org|io|com)|--(?:extra-)?index-url|--find-links=")
MACHINE = re.compile(r"/(?:work|root|home|opt|Users)/[a-z]")
TEXT = {
    ".py",
    ".toml",
    ".txt",
    ".md",
    ".html",
    ".css",
    ".js",
    ".svg",
    ".yaml",
    ".yml",
    ".po",
    ".json",
    ".sh",
    ".cfg",
    "",
}
SCRIPTS = ("script/setup", "script/demo", "script/test", "script/check", "script/translations", ".ci/run")


def lock() -> list[str]:
    """The lines of the lock."""
    return (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()


def test_lock_holds_requirements_and_hashes_alone() -> None:
    assert [line for line in lock() if not (REQUIREMENT.match(line) or HASH.match(line))] == []


def test_every_locked_package_has_a_hash() -> None:
    lines = lock()
    bare = [a for a, b in zip(lines, [*lines[1:], ""], strict=True) if REQUIREMENT.match(a) and not HASH.match(b)]
    assert bare == []


def test_lock_covers_what_the_project_declares() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    declared = [*project["project"]["dependencies"], *(n for g in project["dependency-groups"].values() for n in g)]
    names = {re.split(r"[^A-Za-z0-9_.-]", entry)[0].lower().replace("_", "-") for entry in declared}
    locked = {match[1] for line in lock() if (match := REQUIREMENT.match(line))}
    assert names - locked == set()


def committed() -> list[Path]:
    """Every text file under version control."""
    if not (ROOT / ".git").exists() or not shutil.which("git"):
        pytest.skip("not a git checkout")
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    paths = [ROOT / name for name in listed.split("\0") if name]
    return [path for path in paths if path.suffix in TEXT and path.is_file() and path != Path(__file__)]


def test_no_committed_file_names_a_registry_or_a_folder_of_one_machine() -> None:
    found = []
    for path in committed():
        text = path.read_text(encoding="utf-8")
        found += [f"{path.relative_to(ROOT)}: {match}" for match in REGISTRY.findall(text) + MACHINE.findall(text)]
    assert found == []


@pytest.mark.parametrize("name", SCRIPTS)
def test_script_is_sound_shell_and_may_be_run(name: str) -> None:
    path = ROOT / name
    assert path.stat().st_mode & 0o111 == 0o111
    assert subprocess.run(["sh", "-n", str(path)], capture_output=True, check=False).stderr == b""


def bench(*arguments: str) -> subprocess.CompletedProcess[str]:
    """``script/bench`` as it is called."""
    command = [sys.executable, "script/bench", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def test_bench_names_what_it_measures() -> None:
    told = bench("--help")
    assert (told.returncode, told.stderr) == (0, "")
    assert re.findall(r"^    (\w+) ", told.stdout, flags=re.MULTILINE) == [
        "report",
        "score",
        "plan",
        "maturity",
        "volume",
        "fuzz",
    ]


@pytest.mark.parametrize(
    "arguments", [[], ["nothing"], ["maturity", "--times", "many"], ["score", "--seconds", "1"]], ids=" ".join
)
def test_bench_refuses_what_it_cannot_measure(arguments: list[str]) -> None:
    told = bench(*arguments)
    assert (told.returncode, told.stdout) == (2, "")
