"""Where the words of a search stand in a text, as the reader sees it: the pieces of the text, found or not."""

import unicodedata
from collections.abc import Sequence

AROUND = 60  # letters of an excerpt before the first word found
LONGEST = 220  # letters of an excerpt

Pieces = tuple[tuple[str, bool], ...]


def marked(text: str, words: Sequence[str]) -> Pieces:
    """``text`` cut into pieces, each with whether it is part of a word found; joined they are the text."""
    hits = _hits(text, words)
    pieces: list[tuple[str, bool]] = []
    for place, letter in enumerate(text):
        if pieces and pieces[-1][1] is hits[place]:
            pieces[-1] = (pieces[-1][0] + letter, hits[place])
        else:
            pieces.append((letter, hits[place]))
    return tuple(pieces)


def excerpt(text: str, words: Sequence[str]) -> str:
    """As much of ``text`` as a line of a list holds, from a little before the first word found."""
    flat = " ".join(text.split())
    hits = _hits(flat, words)
    first = hits.index(True) if True in hits else 0
    begin = max(0, first - AROUND)
    end = begin + LONGEST
    return ("… " if begin else "") + flat[begin:end] + (" …" if end < len(flat) else "")


def folded(text: str) -> str:
    """Without difference of case and width, as words are compared."""
    return unicodedata.normalize("NFKC", text).lower()


def _hits(text: str, words: Sequence[str]) -> list[bool]:
    """For each letter whether it belongs to a word found."""
    letters = [folded(letter) for letter in text]
    origin = [place for place, letter in enumerate(letters) for _ in letter]
    line = "".join(letters)
    hits = [False] * len(text)
    for word in filter(None, map(folded, words)):
        found = line.find(word)
        while found >= 0:
            for place in origin[found : found + len(word)]:
                hits[place] = True
            found = line.find(word, found + len(word))
    return hits
