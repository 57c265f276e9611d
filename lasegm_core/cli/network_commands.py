"""The commands for the user's own network, `lasegm latency` and `lasegm score`."""

import argparse
import re
import sys
from pathlib import Path

from lasegm_core.latency.engines.registry import REFERENCE
from lasegm_core.latency.engines.registry import REGISTRY as ENGINES
from lasegm_core.support.errors import BadInput

# What the options for folders are, for all commands that take them.
DATA = "your data: YAML file of your own video or its folder, or folder of a data set on disk"
BUILD = "folder of runs (default: %(default)s)"
CACHE = "folder of rendered data (default: %(default)s)"
_LATENCY = """\
Times each network with batch 1 after a warm-up, the device synchronised: the network alone (frames
on the device to logits), and end to end (uint8 frames in host memory to class ids in host memory).

NETWORK is a name of 'lasegm networks', or your own:
  found.yaml        an architecture that 'lasegm search' found
  my_module:build   a function without arguments, in a module here or installed, that returns it
  net.pt, .pth, .ts TorchScript (torch.jit.save)
  net.pt2           exported program (torch.export.save)
  net.onnx          ONNX, by onnxruntime on the CPU (pip install 'lasegm-core[onnx]')
  torchvision:deeplabv3_mobilenet_v3_large, 'smp:Unet(resnet18)'   random weights; with @FILE yours
  hf:FOLDER_OR_NAME a segmentation model for transformers, with its image processor
It takes float frames in 0..1, RGB, oldest first, as (1, T, 3, H, W) or (1, 3 T, H, W), and gives
logits (1, K, H, W). Other forms are found by trial: see 'lasegm score --help'. Each of these is
code that runs on this machine: name only what you trust. Weights alone and pickled modules are not
opened.

--engine all times every engine that is installed, in turn, so that ratios are fair, and compares
its logits with eager fp32 on real frames (ToyStreet's, or --frames): largest difference of logits,
share of pixels whose class is another. Over 0.1 % an engine is marked: counts of fp32 do not hold
for it. A line says which engines are left out, and what installs them. Networks of the registry
have random weights here. --out writes the card of one engine, if it is not marked.

onnxruntime_int8 runs most convolutions in int8, calibrated on the same frames (ToyStreet's, or
--frames). Its results are its own, so it is nearly always marked, and --engine all leaves it out.
"""
_SCORE = """\
Times your network here, scores it at every frame offset on your labelled video, and prints what is
left of its accuracy when the prediction comes: instant mIoU, k, LAmIoU, streaming mIoU (one device
that always works on the newest frame), and the same on devices 2 and 4 times as fast.

  lasegm score --network my_module:build                      6 toy clips, to see whether it runs
  lasegm score --network my_module:build --data video.yaml --fps 30
  lasegm score --network net.onnx --data video.yaml --hardware jetson.json --out scores
  lasegm score --network net.pt --dataset camvid
  lasegm score --network espnet_v2@cityscapes --dataset camvid   published weights
  lasegm score --network swiftnet_r18 --profile laptop        one of ours, trained first if need be

NETWORK is what 'lasegm latency --help' says, and is code that runs on this machine. As it comes is
taken:
  outputs   a dictionary (out or logits first), an object with .logits, a list or tuple: the first
            that fits; class ids instead of logits; one channel for two classes; another size
  inputs    fp16; padded to multiples of 8 to 128 if it fails without; one fixed size (frames are
            resized); ONNX of bytes 0..255 or with the channels last
What is done is in the timer, and in the report. The rest is a class of your own, my_module:Net:
  class Net(torch.nn.Module):
      def __init__(self):
          super().__init__()
          self.network = MyNetwork()  # load_state_dict(torch.load(FILE, weights_only=True))
      def forward(self, frames):  # (1, 3, H, W) in 0..1, RGB
          return self.network(255 * frames)["masks"]  # (1, K, H, W)

Its classes are those of the data, in their order; or --classes-of cityscapes merges those of a
larger table into the data's by name (a class of your own may say from: [car, truck, bus]).
video.yaml says where frames and labels are:
  frames: video/{clip}/{frame}.jpg
  labels: masks/{clip}/{frame}.png
  fps: 30
  classes: cityscapes
One video file is frames: drive.mp4, labels: masks/{frame}.png, and needs no fps; splits: {train:
[monday], val: [tuesday]} scores the clips of val alone (docs/your_network.md says all).
All labels are read first. Lossy ones, unknown ids, and what cannot be meant are refused in a line.
jetson.json is what 'lasegm latency my_module:build --out jetson.json' wrote on another device.
A line says so if it timed frames of another size (--size). Clips may differ in size: without a card
the size of most frames is timed.

--fps is the rate of your camera, if the data has another: k frames of the camera are k / fps
seconds, and where that lies between two frames of the data, the counts of both offsets are mixed.
That is exact for whole frames of the data, and too high for less than one.
"""


def add_commands(commands) -> None:
    """Add the two commands to those of `lasegm`."""
    latency = _add(commands, "latency", "time networks here and write a hardware card", _LATENCY)
    latency.add_argument("networks", nargs="+", metavar="NETWORK", help="see above")
    latency.add_argument("--size", default="1024x2048", help="HxW of a frame (%(default)s)")
    latency.add_argument("--classes", type=int, default=19, help="classes (%(default)s)")
    latency.add_argument("--out", type=Path, help="JSON file of the card, for HARDWARE=")
    latency.add_argument("--frames", nargs="+", metavar="IMAGE", help="to compare engines on")
    latency.add_argument("--cache", type=Path, default="data", help=CACHE)
    several = f"all, or of {', '.join(ENGINES)}, with commas (%(default)s)"
    latency.add_argument("--engine", default=REFERENCE, help=several)
    _add_timing(latency)
    score = _add(commands, "score", "time and score your own network on your own video", _SCORE)
    score.add_argument("--network", required=True, help="see above")
    score.add_argument("--data", type=Path, help=f"{DATA} (default: six toy clips)")
    score.add_argument("--fps", help="frames a second of the camera (default: the data's)")
    card = "a card, by its name or JSON file, instead of timing it here"
    score.add_argument("--hardware", default="local", help=card)
    score.add_argument("--offsets", type=int, help="score 0..N (default: the profile's, or more)")
    score.add_argument("--out", type=Path, help="folder for counts.npz, card.json and score.csv")
    score.add_argument("--dataset", help="what --data is, if not your own video; or toystreet")
    score.add_argument("--classes-of", metavar="TABLE", help="class table of the network's outputs")
    score.add_argument("--profile", help="default: smoke of toystreet, the first one of others")
    score.add_argument("--build", type=Path, default="build", help=BUILD)
    score.add_argument("--cache", type=Path, default="data", help=CACHE)
    score.add_argument("--engine", default=REFERENCE, help="what runs it, as 'lasegm latency'")
    _add_timing(score)


def _add(commands, name: str, short: str, long: str) -> argparse.ArgumentParser:
    raw = argparse.RawDescriptionHelpFormatter
    return commands.add_parser(name, help=short, description=long, formatter_class=raw)


def _add_timing(command: argparse.ArgumentParser) -> None:
    command.add_argument("--inputs", type=int, default=1, help="input frames (%(default)s)")
    command.add_argument("--precision", default="fp32", choices=("fp32", "bf16", "fp16"))
    command.add_argument("--threads", type=int, help="CPU threads (default: all cores)")
    command.add_argument("--calls", type=int, default=20, help="at least so many (%(default)s)")
    command.add_argument("--seconds", type=float, default=2.0, help="at least (%(default)s)")


def latency(options: argparse.Namespace) -> None:
    """Run `lasegm latency`."""
    from lasegm_core.latency.timing import measure_card, summary

    size = frame_size(options.size)
    if options.out and options.out.suffix != ".json":
        raise BadInput(f"--out {options.out} must end in .json")
    prepare(options)
    if options.engine != REFERENCE:
        _by_engines(options, size)
        return
    card = measure_card(
        tuple(options.networks),
        size,
        options.classes,
        options.inputs,
        options.precision,
        options.calls,
        options.seconds,
    )
    for title, samples in (("network only", card.samples_s), ("end to end", card.end_to_end_s)):
        print(f"{title}, {card.facts['size']}, {options.precision}, {card.device}")
        print(summary(samples).round(2).to_string())
    for name, notes in card.facts.get("notes", {}).items():
        print(f"{name}: {notes}")
    if options.out:
        card.save(options.out)


def _by_engines(options: argparse.Namespace, size: tuple[int, int]) -> None:
    """Compare engines, and print a row each; with --out write the card of the one asked for."""
    from lasegm_core.scoring import engines

    if options.out and ("," in options.engine or options.engine == "all"):
        raise BadInput(f"--out is the card of one engine: name one instead of {options.engine}")
    found, lines = engines.compare_all(
        options.networks,
        options.engine,
        size,
        options.classes,
        options.inputs,
        options.calls,
        options.frames,
        options.cache,
    )
    print(engines.say(found, lines))
    if options.out:
        engines.card(found, options.engine).save(options.out)


def frame_size(text: str) -> tuple[int, int]:
    """Read (H, W) as --size gives it.

    Raises:
        BadInput: it is no size.
    """
    sides = re.fullmatch(r"([1-9]\d{1,4})x([1-9]\d{1,4})", text)
    if not sides:
        raise BadInput(f"--size {text!r} must be HEIGHTxWIDTH in pixels, as 1024x2048")
    return int(sides[1]), int(sides[2])


def score(options: argparse.Namespace) -> None:
    """Run `lasegm score`."""
    from lasegm_core.scoring import own_score
    from lasegm_core.scoring.data import find_data

    prepare(options)
    data = find_data(options.data, options.dataset, options.profile, options.build, options.cache)
    found = own_score.score(
        options.network,
        data,
        options.fps,
        options.inputs,
        options.hardware,
        options.offsets,
        options.precision,
        options.calls,
        options.seconds,
        options.engine,
        options.classes_of,
    )
    print(found)
    if options.out:
        found.save(options.out)


def prepare(options: argparse.Namespace) -> None:
    """Check what commands for networks take; let modules of the working directory be imported."""
    import torch

    if options.engine != REFERENCE and options.precision != "fp32":
        raise BadInput(f"--precision {options.precision} is --engine {options.precision}")
    torch.set_num_threads(options.threads or torch.get_num_threads())
    if "" not in sys.path:  # as `python -m` has it
        sys.path.insert(0, "")
