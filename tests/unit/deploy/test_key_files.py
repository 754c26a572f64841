"""The files of the master keys: none is lost, whenever the plug is pulled."""

from collections.abc import Callable
from pathlib import Path

import pytest

from deploy import key_files
from deploy.key_files import MasterKeyFiles


@pytest.fixture
def files(tmp_path: Path) -> MasterKeyFiles:
    made = MasterKeyFiles(tmp_path / "master_key", tmp_path / "retired_master_keys")
    made.prepare()
    return made


def all_of(files: MasterKeyFiles) -> list[str]:
    return [*files.in_use.read_text().split(), *files.retired.read_text().split()]


def test_key_outlives_a_restart(files: MasterKeyFiles) -> None:
    before = all_of(files)

    files.prepare()

    assert all_of(files) == before
    assert len(before) == 1


def test_key_that_is_turned_over_is_kept(files: MasterKeyFiles) -> None:
    (first,) = all_of(files)
    files.turn_over()
    second, *_ = all_of(files)

    files.turn_over()

    third, *earlier = all_of(files)
    assert earlier == [second, first]
    assert third not in earlier


def test_files_are_readable_by_their_owner_only(files: MasterKeyFiles) -> None:
    files.turn_over()

    assert {each.stat().st_mode & 0o777 for each in (files.in_use, files.retired)} == {0o600}


@pytest.mark.parametrize("renames", [0, 1, 2])
def test_turning_over_that_was_interrupted_is_done_again(
    files: MasterKeyFiles, renames: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Pulled out before the rename of this number."""
    (first,) = all_of(files)
    with monkeypatch.context() as patched:
        patched.setattr(key_files, "_rename", _failing_after(renames))
        with pytest.raises(OSError, match="pulled out"):
            files.turn_over()
    assert first in all_of(files)

    files.turn_over()

    second, *earlier = all_of(files)
    assert (earlier, second == first) == ([first], False)


def _failing_after(renames: int) -> Callable[[Path, Path], None]:
    done = 0

    def some(path: Path, to: Path) -> None:
        nonlocal done
        if done == renames:
            raise OSError("pulled out")
        done += 1
        path.rename(to)

    return some
