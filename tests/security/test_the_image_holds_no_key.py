"""Somebody who has an image. Tried before: the local issuer's signing key was in it."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.first_env import write
from deploy.local.home import Home

PROJECT = Path(__file__).parents[2]
PRODUCT = ("deploy", "janji", "services", "shared")
NEEDED = {".py", ".sql", ".html", ".css", ".toml"}
KEY = re.compile(rb"-----BEGIN [A-Z ]*PRIVATE KEY-----|\"d\": ?\"[\w-]{20,}\"")
PLANTED = (
    *(".env", ".env.old", "master_key", "deploy/.env", "deploy/tls/server.key", "deploy/jwks.json"),
    *(
        "services/requests/.env",
        "shared/promise/data/key.pem",
        "janji/feed_token",
        "deploy/postgres/pw",
    ),
    *(".ssh/id_ed25519", "backup/keys.py", "shared/eventstore/migrations/master_key"),
)


def built_with(project: Path) -> list[Path]:
    """What `COPY . /opt/janji` takes."""
    rules = rules_of(project)
    files = (path for path in project.rglob("*") if path.is_file() and not path.is_symlink())
    return [path for path in files if is_taken(path.relative_to(project), rules)]


def rules_of(project: Path) -> list[tuple[str, bool]]:
    """The patterns of `.dockerignore`, and whether they take what fits."""
    lines = (project / ".dockerignore").read_text().splitlines()
    rules = [line for line in lines if line and not line.startswith("#")]
    return [(rule.removeprefix("!"), rule.startswith("!")) for rule in rules]


def is_taken(path: Path, rules: list[tuple[str, bool]]) -> bool:
    """The last rule that fits the file, or a folder that it is in, decides."""
    names = [each.as_posix() for each in (path, *path.parents)]
    fitting = [takes for rule, takes in rules if any(map(pattern(rule).fullmatch, names))]
    return fitting[-1] if fitting else True


def pattern(rule: str) -> re.Pattern[str]:
    parts = re.split(r"(\*\*/|\*)", rule)
    words = {"**/": "(?:.*/)?", "*": "[^/]*"}
    return re.compile("".join(words.get(part, re.escape(part)) for part in parts))


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """With the keys that it makes, and those that people leave lying about."""
    for folder in ("deploy", "shared/promise"):
        shutil.copytree(PROJECT / folder, tmp_path / folder)
    shutil.copy(PROJECT / ".dockerignore", tmp_path)
    write(tmp_path, at=0)
    home = Home(tmp_path / ".janji")
    home.prepare()
    home.key_files.prepare()
    for each in PLANTED:
        (tmp_path / each).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / each).write_text("a key")
    return tmp_path


def test_key_comes_into_no_image_wherever_it_was_put(project: Path) -> None:
    taken = built_with(project)

    assert {path.relative_to(project).as_posix() for path in taken} & set(PLANTED) == set()
    assert not any(secret in path.read_bytes() for path in taken for secret in secrets_of(project))
    assert [path for path in taken if KEY.search(path.read_bytes())] == []


def secrets_of(project: Path) -> Iterator[bytes]:
    """The values that the project made for this installation."""
    for line in (project / ".env").read_text().splitlines():
        value = line.partition("=")[2]
        if len(value) > 32:
            yield value.encode()
    for path in [*(project / ".compose").rglob("*"), *(project / ".janji").rglob("*")]:
        if path.is_file() and path.stat().st_size:
            yield path.read_bytes().strip()


def test_image_has_every_file_that_the_product_reads() -> None:
    files = (path for folder in PRODUCT for path in (PROJECT / folder).rglob("*"))
    needed = [path.relative_to(PROJECT) for path in files if path.suffix in NEEDED]
    needed += map(Path, ("pyproject.toml", "requirements.lock", "README.md"))

    assert [each for each in needed if not is_taken(each, rules_of(PROJECT))] == []
