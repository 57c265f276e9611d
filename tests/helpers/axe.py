"""axe-core, which checks a page for contrast, names and roles.

It is a JavaScript file of the npm package of that name, and no part of the project. The folder that
holds it is build/axe, or what AXE_CORE names; `python -m tests.helpers.axe` fetches it.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path
from tempfile import TemporaryDirectory

from tests import ROOT

PACKAGE = "axe-core@4.14.1"
SHA512 = (
    "1477dafa598d8d065f273d6af302aa203c02e83131707b7fa648cd41bd3d6b73"
    "4f8c22a0dab86ee6a6f64b8afbe804b214d36db85a2826965edfb3a0b9d546b5"
)
FOLDER = Path(os.environ.get("AXE_CORE", ROOT / "build" / "axe"))
SCRIPT = FOLDER / "axe.min.js"
MISSING = f"no axe-core in {FOLDER}: python -m tests.helpers.axe fetches it by npm"
LEVELS = ["wcag2a", "wcag2aa"]
RUN = """async ([levels, without]) => {
  const found = await axe.run(document, {runOnly: levels, resultTypes: ["violations"]});
  const all = found.violations.flatMap(({id, nodes}) => nodes.map((node) => [id, node]));
  const foreign = (id, html) => without.some(([rule, part]) => rule === id && html.includes(part));
  return all.filter(([id, {html}]) => !foreign(id, html)).map(([id, {html, failureSummary}]) =>
    `${id}: ${html.slice(0, 160)}: ${failureSummary.replace(/\\s+/g, " ")}`);
}"""


def violations(page, without=()):
    """List what axe finds on a page.

    Args:
        page: of Playwright; it holds what is to be checked.
        without: a rule and a part of an element's own markup, each, that are not listed.
    """
    if not page.evaluate("Boolean(window.axe)"):
        page.evaluate(SCRIPT.read_text())
    return page.evaluate(RUN, [LEVELS, list(map(list, without))])


def fetch():
    """Fetch the package from the registry that npm is set up for, and check its digest."""
    with TemporaryDirectory() as folder:
        subprocess.run(["npm", "pack", "--silent", PACKAGE], cwd=folder, check=True)
        (archive,) = Path(folder).glob("*.tgz")
        found = hashlib.sha512(archive.read_bytes()).hexdigest()
        if found != SHA512:
            sys.exit(f"{PACKAGE} has the digest {found}, not {SHA512}: nothing is kept")
        with tarfile.open(archive) as opened:
            opened.extract("package/axe.min.js", folder, filter="data")
        FOLDER.mkdir(parents=True, exist_ok=True)
        shutil.move(Path(folder) / "package" / "axe.min.js", SCRIPT)
    print(SCRIPT)


if __name__ == "__main__":
    fetch()
