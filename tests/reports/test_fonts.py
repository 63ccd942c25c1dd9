"""The reports' fonts are made once, and the private configuration names their folder alone."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from pytest_django import Settings

from ethicsreview.documents.fonts import REQUIRED, missing_glyphs, problems
from tests.reports.specimen import RARE


def make(folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Runs script/fonts for ``folder``."""
    return subprocess.run(
        [sys.executable, "script/fonts", "--folder", folder],
        capture_output=True,
        text=True,
        env={**os.environ, **environment},
    )


@pytest.fixture
def made(tmp_path: Path) -> Path:
    """A folder to which the fonts made before were moved, without configuration."""
    for file in settings.FONT_DIR.glob("*.ttf"):
        (tmp_path / file.name).symlink_to(file)
    return tmp_path


def test_fonts_that_are_there_are_not_made_again(made: Path) -> None:
    first, second = make(made), make(made)
    assert [(run.returncode, run.stdout) for run in (first, second)] == [(0, ""), (0, "")]


def test_configuration_names_the_folder_alone(made: Path) -> None:
    make(made)
    text = (made / "fonts.conf").read_text()
    assert [part.split("</dir>")[0] for part in text.split("<dir>")[1:]] == [str(made)]
    assert (text.count("<include"), text.count(f"<cachedir>{made}/cache</cachedir>")) == (0, 1)


def test_folder_moved_away_is_not_ready_until_configured_again(made: Path, settings: Settings) -> None:
    before = settings.FONT_DIR
    settings.FONT_DIR = made
    (made / "fonts.conf").write_text((before / "fonts.conf").read_text())
    assert problems() == ("font_missing",)
    make(made)
    assert problems() == ()


@pytest.mark.parametrize("absent", REQUIRED)
def test_each_weight_is_required(made: Path, settings: Settings, absent: str) -> None:
    make(made)
    (made / absent).unlink()
    settings.FONT_DIR = made
    assert problems() == ("font_missing",)


def test_without_noto_the_script_names_the_package(tmp_path: Path) -> None:
    run = make(tmp_path / "fonts", NOTO_CJK_DIR=str(tmp_path))
    assert (run.returncode, run.stderr.count("fonts-noto-cjk")) == (1, 1)


def test_fonts_hold_rare_names_and_the_common_characters() -> None:
    common = "".join(chr(point) for point in range(0x4E00, 0x9FA6))
    latin = "".join(chr(point) for point in range(0x20, 0x7F)) + "äöüßéèçñøåœ€£¥§©·–—‘’“”…→≤≥×−"
    assert missing_glyphs(RARE + common + latin + "，。、；：？！（）《》「」【】　") == frozenset()
