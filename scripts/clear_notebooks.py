"""Put the notebooks into the form in which they are stored: no outputs, and no editor's notes.

    python scripts/clear_notebooks.py

What a notebook shows belongs to the machine and the day that it was run on; the tests run each of
them. They also compare every stored notebook with what this script would write.
"""

from __future__ import annotations

from pathlib import Path

import click
import nbformat

FOLDER = Path(__file__).resolve().parents[1] / "notebooks"

_METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
"""What an editor needs to start the right kernel."""


def cleared(text: str) -> str:
    """A notebook without outputs, counts and notes.

    Args:
        text: of an ``.ipynb`` file, format 4.

    Raises:
        nbformat.ValidationError: it is not one.
    """
    notebook = nbformat.reads(text, as_version=4)
    notebook.metadata = nbformat.from_dict(_METADATA)
    for cell in notebook.cells:
        cell.metadata = nbformat.from_dict({})
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    nbformat.validate(notebook)
    return f"{nbformat.writes(notebook)}\n"


@click.command()
def main() -> None:
    """Clear every notebook of the repository."""
    for path in sorted(FOLDER.glob("*.ipynb")):
        text = path.read_text(encoding="utf-8")
        stored = cleared(text)
        if stored != text:
            path.write_text(stored, encoding="utf-8")
            click.echo(f"cleared: {path.relative_to(FOLDER.parent)}")


if __name__ == "__main__":
    main()
