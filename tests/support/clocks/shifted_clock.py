"""The clock of one process, shifted by libfaketime, also while the process runs."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

PRELOADED = "/usr/$LIB/faketime/libfaketime.so.1"  # the loader puts its own folder for $LIB


@dataclass(frozen=True, slots=True)
class ShiftedClock:
    """`file` says by how much; the process looks at it every second."""

    file: Path

    def shift(self, by: str) -> None:
        """By `+40d`, `-2h`, `+0`."""
        written = self.file.with_suffix(".new")
        written.write_text(by + "\n")
        written.chmod(0o644)
        written.rename(self.file)

    @property
    def environment(self) -> Mapping[str, str]:
        """Of the process. Its monotonic clock stays as it is: machines have no other."""
        return {
            "LD_PRELOAD": PRELOADED,
            "FAKETIME_TIMESTAMP_FILE": str(self.file),
            "FAKETIME_CACHE_DURATION": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        }


def shifted_clock(folder: Path, by: str = "+0") -> ShiftedClock:
    clock = ShiftedClock(folder / "clock")
    clock.shift(by)
    return clock
