"""The explorer as a page without code, served by Voila on this machine alone.

It loads little, for the server is a process that begins where this one ends.
"""

import json
import os
import sys
from importlib.util import find_spec
from pathlib import Path

from lasegm_core.support.errors import BadInput
from lasegm_core.support.files import atomic

_SHARE = Path(__file__).parent / "share"  # Voila's template
# Voila's own request to end the kernel of a closed page lacks a token and is refused.
# A kernel stands ready with the page drawn, and the next one is begun when it is taken.
_PREHEATED = [
    "--VoilaConfiguration.preheat_kernel=True",
    "--VoilaConfiguration.default_pool_size=1",
]
_OWN_KERNELS = "lasegm_core.reports.documents.kernels.OwnKernels"  # a name: it loads Jupyter
_ENDING = [f"--MappingKernelManager.cull_{name}=30" for name in ("idle_timeout", "interval")]


def serve(
    dataset: str, profile: str, build: Path, cache: Path, data: Path | None, *options: str
) -> None:
    """Serve the explorer until it is interrupted; this process becomes the server.

    Args:
        dataset: name of the data set.
        profile: name of the profile.
        build: folder of runs.
        cache: folder of rendered data.
        data: folder of the data set, if it is read from disk.
        options: of Voila: port, theme, opening the browser.

    Raises:
        BadInput: Voila is not installed.
    """
    if not find_spec("voila"):
        raise BadInput("Voila is missing: pip install 'lasegm-core[notebooks]'")
    folders = [folder and str(folder.resolve()) for folder in (build, cache, data)]
    path = build.resolve() / "explorer" / f"{dataset}-{profile}.ipynb"
    with atomic(path) as partial:
        partial.write_text(json.dumps(_notebook(dataset, profile, folders)))
    templates = os.pathsep.join(filter(None, [str(_SHARE), os.environ.get("JUPYTER_PATH")]))
    command = [sys.executable, "-m", "lasegm_core.viewers.server.page_server", str(path)]
    # Without a token, any account on this machine could run code in the page's kernel.
    command += ["--template=lasegm", "--Voila.ip=127.0.0.1", "--Voila.auto_token=True"]
    command += ["--Voila.log_level=ERROR", *_ENDING, *_PREHEATED, *options]
    command += [f"--VoilaConfiguration.kernel_spec_manager_class={_OWN_KERNELS}"]
    os.execve(sys.executable, command, os.environ | {"JUPYTER_PATH": templates})


def _notebook(dataset: str, profile: str, folders: list[str | None]) -> dict:
    """Write the page as a notebook of one cell."""
    source = "from lasegm_core import viewers\n\n"
    source += f"viewers.page({', '.join(map(repr, [dataset, profile, *folders]))})\n"
    cell = {"cell_type": "code", "id": "explorer", "metadata": {}, "source": source}
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    metadata = {"kernelspec": kernel, "title": f"What latency does: {dataset}, {profile}"}
    cells = [cell | {"execution_count": None, "outputs": []}]
    return {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
