"""Checks that notebooks hold no output, and runs them; see scripts/notebooks."""

import base64
import os
import sys
import time
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError


def has_output(notebook):
    return any(cell.cell_type == "code" and (cell.outputs or cell.execution_count) for cell in notebook.cells)


def save_pictures(folder, name, notebook):
    folder.mkdir(parents=True, exist_ok=True)
    pictures = [
        output.data["image/png"]
        for cell in notebook.cells
        if cell.cell_type == "code"
        for output in cell.outputs
        if "image/png" in output.get("data", {})
    ]
    for number, picture in enumerate(pictures, start=1):
        (folder / f"{name}-{number}.png").write_bytes(base64.b64decode(picture))


def main(files):
    notebooks = {file: nbformat.read(file, as_version=4) for file in files}
    stored = [file.name for file, notebook in notebooks.items() if has_output(notebook)]
    if stored:
        sys.exit(f"scripts/notebooks: outputs are stored in {', '.join(stored)}. Clear them before a commit.")
    for file, notebook in notebooks.items():
        nbformat.validate(notebook)
        start = time.monotonic()
        client = NotebookClient(notebook, timeout=600, resources={"metadata": {"path": str(file.parent)}})
        try:
            client.execute()
        except CellExecutionError as failure:
            sys.exit(f"scripts/notebooks: {file.name} failed\n{failure}")
        if pictures := os.environ.get("NOTEBOOK_PICTURES"):
            save_pictures(Path(pictures), file.stem, notebook)
        print(f"{file.name}: {time.monotonic() - start:.0f} s", flush=True)


if __name__ == "__main__":
    main([Path(argument).resolve() for argument in sys.argv[1:]])
