"""What a person sees of long work."""

import io

from rich.console import Console

from janji.installation import progress_bars


def shown(*reports: tuple[str, int, int]) -> str:
    """The last that was drawn."""
    console = Console(file=io.StringIO(), width=100)
    with progress_bars(console) as report:
        for each in reports:
            report(*each)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue().strip()


def test_every_source_has_a_bar_and_how_far_it_is() -> None:
    drawn = shown(("requests", 10, 20), ("complaints", 3, 3))

    assert [line.split()[0] for line in drawn.splitlines()] == ["requests", "complaints"]
    assert "10/20" in drawn
    assert "3/3" in drawn


def test_speed_of_a_single_page_is_not_said() -> None:
    assert "/s" not in shown(("log of sla", 17, 17))
