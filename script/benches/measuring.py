"""How every bench measures and prints."""

import statistics
import time
from collections.abc import Callable, Sequence


def measured(name: str, work: Callable[[], object], times: int) -> None:
    """Prints the median and the extremes; the first run, which warms caches up, stands apart."""
    first, *rest = [taken(work) for _ in range(times + 1)]
    print(f"{told(name, rest)}, first {first:.1f}", flush=True)


def taken(work: Callable[[], object]) -> float:
    """Milliseconds of one run."""
    begun = time.perf_counter()
    work()
    return (time.perf_counter() - begun) * 1000


def told(name: str, milliseconds: Sequence[float]) -> str:
    """The median and the extremes as one line."""
    middle = statistics.median(milliseconds)
    return f"{name:44} {middle:8.1f} ms   {min(milliseconds):.1f} to {max(milliseconds):.1f}"
