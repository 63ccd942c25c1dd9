"""Two versions of a text as one row of stretches."""

from hypothesis import given
from hypothesis import strategies as st

from workflows.domain.differences import Fate, Stretch, compare


def joined(stretches: tuple[Stretch, ...], without: Fate) -> str:
    return "".join(stretch.text for stretch in stretches if stretch.fate is not without)


def test_compare_names_the_word_that_changed() -> None:
    assert compare("Ten beds in spring.", "Twelve beds in spring.") == (
        Stretch(Fate.GONE, "Ten"),
        Stretch(Fate.NEW, "Twelve"),
        Stretch(Fate.SAME, " beds in spring."),
    )


def test_compare_sees_single_signs_in_chinese() -> None:
    assert compare("收集人脸图像", "收集人声图像") == (
        Stretch(Fate.SAME, "收集人"),
        Stretch(Fate.GONE, "脸"),
        Stretch(Fate.NEW, "声"),
        Stretch(Fate.SAME, "图像"),
    )


def test_compare_tells_neighbouring_changes_as_one() -> None:
    assert compare("all of it", "some more words") == (
        Stretch(Fate.GONE, "all of it"),
        Stretch(Fate.NEW, "some more words"),
    )


def test_compare_of_equal_and_of_empty_texts() -> None:
    assert compare("", "") == ()
    assert compare("a", "a") == (Stretch(Fate.SAME, "a"),)
    assert compare("", "a") == (Stretch(Fate.NEW, "a"),)
    assert compare("a", "") == (Stretch(Fate.GONE, "a"),)


@given(st.text(max_size=80), st.text(max_size=80))
def test_compare_loses_nothing_of_either_text(before: str, after: str) -> None:
    stretches = compare(before, after)
    kept = "".join(s.text for s in stretches if s.fate is not Fate.NEW)
    assert joined(stretches, Fate.GONE) == after
    assert "".join(kept.split()) == "".join(before.split())


def test_compare_of_long_texts_goes_by_sentences() -> None:
    before = "".join(f"第{number}条写明甲乙丙丁。" for number in range(1000))
    stretches = compare(before, before.replace("第500条", "第五百条"))
    assert [s.text for s in stretches if s.fate is not Fate.SAME] == [
        "第500条写明甲乙丙丁。",
        "第五百条写明甲乙丙丁。",
    ]
