"""The explorer as a page without code, served by Voila on this machine alone."""

import os
import sys
from importlib.util import find_spec
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_notebook

from lasegm_core.data.sources import Place
from lasegm_core.reports.documents.kernels import OwnKernels
from lasegm_core.support.errors import BadInput
from lasegm_core.support.files import atomic

_SHARE = Path(__file__).parent / "share"  # Voila's template
# Voila's own request to end the kernel of a closed page lacks a token and is refused.
_ENDING = [f"--MappingKernelManager.cull_{name}=30" for name in ("idle_timeout", "interval")]
_CELL = """\
from pathlib import Path
from lasegm_core import viewers
from lasegm_core.data.sources import Place

viewers.page({dataset!r}, {profile!r}, Place({places}))
"""


def serve(dataset: str, profile: str, place: Place, *options: str) -> None:
    """Serve the explorer until it is interrupted; this process becomes the server.

    Args:
        dataset: name of the data set.
        profile: name of the profile.
        place: where runs and data are kept; absolute paths.
        options: of Voila: port, theme, opening the browser.

    Raises:
        BadInput: Voila is not installed.
    """
    if not find_spec("voila"):
        raise BadInput("Voila is missing: pip install 'lasegm-core[notebooks]'")
    path = place.build / "explorer" / f"{dataset}-{profile}.ipynb"
    folders = (folder and str(folder) for folder in (place.build, place.cache, place.data_root))
    words = ", ".join(f"Path({folder!r})" if folder else "None" for folder in folders)
    cell = new_code_cell(_CELL.format(dataset=dataset, profile=profile, places=words))
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    metadata = {"kernelspec": kernel, "title": f"What latency does: {dataset}, {profile}"}
    with atomic(path) as partial:
        nbformat.write(new_notebook(cells=[cell], metadata=metadata), partial)
    templates = os.pathsep.join(filter(None, [str(_SHARE), os.environ.get("JUPYTER_PATH")]))
    command = [sys.executable, "-m", "lasegm_core.viewers.server.page_server", str(path)]
    # Without a token, any account on this machine could run code in the page's kernel.
    command += ["--template=lasegm", "--Voila.ip=127.0.0.1", "--Voila.auto_token=True"]
    own = f"{OwnKernels.__module__}.{OwnKernels.__name__}"
    command += [f"--VoilaConfiguration.kernel_spec_manager_class={own}", *_ENDING, *options]
    os.execve(sys.executable, command, os.environ | {"JUPYTER_PATH": templates})
