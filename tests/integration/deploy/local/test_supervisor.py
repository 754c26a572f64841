"""Programs are started again for ever, and none is left behind, whoever dies how."""

import asyncio
import os
import re
import signal
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from deploy.failures import CannotStart
from deploy.local.processes import noted, runs
from deploy.local.subprocesses import wait_until
from deploy.local.supervisor import REASON_MAX, Program, Supervisor, reason, supervising

PATIENCE_SECONDS = 10.0


@asynccontextmanager
async def a_supervisor(folder: Path) -> AsyncIterator[Supervisor]:
    async with supervising(logs=folder, run=folder, say=print) as supervisor:
        yield supervisor


def script(name: str, folder: Path, text: str) -> Program:
    return Program(
        name=name, command=("/bin/sh", "-c", text), environment=dict(os.environ), folder=folder
    )


async def until(holds: Callable[[], bool]) -> None:
    async def check() -> bool:
        return holds()

    await wait_until(check, seconds=PATIENCE_SECONDS, otherwise=lambda: "it did not come about")


async def running(folder: Path, name: str, *, other_than: int | None = None) -> int:
    """Its number, once it runs (as another process than before)."""
    path = folder / f"{name}.pid"
    await until(lambda: noted(path) not in (None, other_than))
    pid = noted(path)
    assert pid is not None
    return pid


async def test_a_program_that_dies_is_started_again(tmp_path: Path) -> None:
    async with a_supervisor(tmp_path) as supervisor:
        supervisor.keep(script("sleeper", tmp_path, "exec sleep 1000"))
        first = await running(tmp_path, "sleeper")

        os.kill(first, signal.SIGKILL)

        assert await running(tmp_path, "sleeper", other_than=first) != first


async def test_a_program_that_always_fails_is_tried_for_ever(tmp_path: Path) -> None:
    log = tmp_path / "failing.log"
    async with a_supervisor(tmp_path) as supervisor:
        supervisor.keep(script("failing", tmp_path, "echo tried; exit 3"))

        await until(lambda: log.exists() and log.read_text().count("tried") >= 3)


async def never() -> bool:
    return False


async def test_process_that_ends_before_it_is_ready_is_told_at_once_with_its_last_words(
    tmp_path: Path,
) -> None:
    async with a_supervisor(tmp_path) as supervisor:
        supervisor.keep(script("failing", tmp_path, "echo no room; exit 3"))

        with pytest.raises(CannotStart, match=r"failing can't start.*exit code 3.*no room"):
            await supervisor.ready("failing", holds=never, seconds=PATIENCE_SECONDS)


async def test_only_the_words_of_this_very_start_are_told(tmp_path: Path) -> None:
    (tmp_path / "failing.log").write_text("FATAL: long ago\n")
    program = script("failing", tmp_path, "echo 'FATAL: now'; echo bye; exit 3")
    async with a_supervisor(tmp_path) as supervisor:
        supervisor.keep(replace(program, causes=(re.compile("FATAL: (.*)"),)))

        with pytest.raises(CannotStart, match=r"\(exit code 3\): now "):
            await supervisor.ready("failing", holds=never, seconds=PATIENCE_SECONDS)


async def test_an_old_error_of_what_was_ready_is_not_why_it_ended(tmp_path: Path) -> None:
    said: list[str] = []
    text = "echo 'FATAL: of a client'; touch up; while [ ! -e go ]; do sleep 0.02; done; echo bye"
    program = script("server", tmp_path, text)

    async def is_up() -> bool:
        return (tmp_path / "up").exists()

    async with supervising(logs=tmp_path, run=tmp_path, say=said.append) as supervisor:
        supervisor.keep(replace(program, causes=(re.compile("FATAL: (.*)"),)))
        await supervisor.ready("server", holds=is_up, seconds=PATIENCE_SECONDS)
        (tmp_path / "go").touch()
        await until(lambda: bool(said))

    assert said[0] == "server ended (exit code 0): bye"


async def test_process_that_is_never_ready_is_given_up_at_its_timeout(tmp_path: Path) -> None:
    async with a_supervisor(tmp_path) as supervisor:
        supervisor.keep(script("idle", tmp_path, "echo thinking; exec sleep 1000"))
        await until(lambda: (tmp_path / "idle.log").exists())

        with pytest.raises(CannotStart, match="idle is not ready after 0 s"):
            await supervisor.ready("idle", holds=never, seconds=0.2)


def test_a_long_reason_is_shortened_in_its_middle() -> None:
    said = f"Failed to start {'x' * REASON_MAX} for reason eaddrinuse"

    assert reason(said).startswith("Failed to start xxx")
    assert reason(said).endswith("xxx for reason eaddrinuse")
    assert len(reason(said)) < len(said)


async def test_children_of_a_dead_program_are_killed(tmp_path: Path) -> None:
    """Its child would keep the port, and answer in its name."""
    note = tmp_path / "child"
    async with a_supervisor(tmp_path) as supervisor:
        supervisor.keep(
            script(
                "parent", tmp_path, f"sleep 1000 & echo $! > {note}.new; mv {note}.new {note}; wait"
            )
        )
        first = await running(tmp_path, "parent")
        await until(note.exists)
        child = int(note.read_text())

        os.kill(first, signal.SIGKILL)

        await running(tmp_path, "parent", other_than=first)
        await until(lambda: not runs(child))


async def test_programs_stop_in_the_reverse_of_their_order(tmp_path: Path) -> None:
    trap = 'trap "echo $0 >> order; exit" TERM; touch up-$0; while :; do sleep 0.02; done'
    async with a_supervisor(tmp_path) as supervisor:
        for name in ("server", "service"):
            program = Program(
                name=name,
                command=("/bin/sh", "-c", trap, name),
                environment=dict(os.environ),
                folder=tmp_path,
            )
            supervisor.keep(program)
            await until((tmp_path / f"up-{name}").exists)

    assert (tmp_path / "order").read_text().split() == ["service", "server"]


async def test_a_program_deaf_to_its_signal_is_killed_when_its_time_is_up(tmp_path: Path) -> None:
    deaf = Program(
        name="deaf",
        command=("/bin/sh", "-c", 'trap "" TERM; touch up; while :; do sleep 1; done'),
        environment=dict(os.environ),
        folder=tmp_path,
        stop_seconds=0.2,
    )
    async with a_supervisor(tmp_path) as supervisor:
        supervisor.keep(deaf)
        await until((tmp_path / "up").exists)
        pid = await running(tmp_path, "deaf")

    assert not runs(pid)


async def test_a_killed_supervisor_leaves_nothing_running(tmp_path: Path) -> None:
    """The kernel sends each program its own stop signal."""
    code = """
import asyncio, os, sys
from pathlib import Path
from deploy.local.supervisor import Program, supervising
async def main(folder):
    async with supervising(logs=folder, run=folder, say=print) as supervisor:
        supervisor.keep(Program("sleeper", ("sleep", "1000"), dict(os.environ), folder))
        await asyncio.Event().wait()
asyncio.run(main(Path(sys.argv[1])))
"""
    supervisor = await asyncio.create_subprocess_exec(sys.executable, "-c", code, str(tmp_path))
    child = await running(tmp_path, "sleeper")

    supervisor.kill()

    await supervisor.wait()
    await until(lambda: not runs(child))


async def test_a_long_log_is_put_aside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("deploy.local.supervisor.LOG_BYTES_MAX", 10)
    (tmp_path / "sleeper.log").write_text("more than ten bytes")
    async with a_supervisor(tmp_path) as supervisor:
        supervisor.keep(script("sleeper", tmp_path, "echo new; exec sleep 1000"))
        await until(lambda: "new" in (tmp_path / "sleeper.log").read_text())

    assert (tmp_path / "sleeper.old.log").read_text() == "more than ten bytes"
    assert (tmp_path / "sleeper.log").read_text() == "new\n"
