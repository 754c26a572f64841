"""How templates become HTML, on a page or in a part of one."""

from collections.abc import Sequence
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

TEMPLATES = Path(__file__).parent / "templates"  # those that all pages share


def html_templates(folders: Sequence[Path]) -> Environment:
    """What is written into a page is escaped; a value that isn't there is an error."""
    return Environment(
        loader=FileSystemLoader(folders),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
