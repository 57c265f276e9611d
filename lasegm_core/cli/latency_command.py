"""The command `lasegm latency`."""

import argparse
from pathlib import Path

from lasegm_core.cli.options import (
    CACHE,
    DATA,
    add_command,
    add_scale,
    add_timing,
    frame_size,
    prepare,
)
from lasegm_core.latency.engines.registry import REFERENCE
from lasegm_core.latency.engines.registry import REGISTRY as ENGINES
from lasegm_core.models.input_scale import with_scale
from lasegm_core.support.errors import BadInput

SIZE = "1024x2048"  # of a frame, Cityscapes'
_LATENCY = """\
Times each network with batch 1 after a warm-up, the device synchronised: the network alone (frames
on the device to logits), and end to end (uint8 frames in host memory to class ids in host memory).

  lasegm latency swiftnet_r18 --size 512x1024 --out mine.json
  lasegm latency my_module:build --data drive.mp4          also for images of a folder, with --fps
The second times frames of the video's size, and says what that means at its rate: k, and how old
the newest finished prediction is, on average and at worst. No labels are needed, and of accuracy
nothing is said: without labels, see 'lasegm movie', and --pseudo-label of 'lasegm score'.

NETWORK is a name of 'lasegm networks', or your own:
  found.yaml        an architecture that 'lasegm search' found
  my_module:build   a function without arguments, in a module here or installed, that returns it
  net.pt, .pth, .ts TorchScript (torch.jit.save)
  net.pt2           exported program (torch.export.save)
  net.onnx          ONNX, by onnxruntime on the CPU (pip install 'lasegm-core[onnx]')
  torchvision:deeplabv3_mobilenet_v3_large, 'smp:Unet(resnet18)'   random weights; with @FILE yours
  hf:FOLDER_OR_NAME a segmentation model for transformers, with its image processor
NETWORK@0.5, of any kind, is shown frames at half their size; scaling is in the timer.
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


def add(commands) -> None:
    """Add `latency` to the commands of `lasegm`."""
    short = "time networks here and write a hardware card"
    command = add_command(commands, "latency", short, _LATENCY)
    command.add_argument("networks", nargs="+", metavar="NETWORK", help="see above")
    add_scale(command)
    command.add_argument("--size", help=f"HxW of a frame (default: that of --data, else {SIZE})")
    command.add_argument("--data", type=Path, help=f"{DATA}, or a video file, or images")
    command.add_argument("--fps", help="frames a second of the camera (default: those of --data)")
    command.add_argument("--classes", type=int, default=19, help="classes (%(default)s)")
    command.add_argument("--out", type=Path, help="JSON file of the card, for HARDWARE=")
    command.add_argument("--frames", nargs="+", metavar="IMAGE", help="to compare engines on")
    command.add_argument("--cache", type=Path, default="data", help=CACHE)
    several = f"all, or of {', '.join(ENGINES)}, with commas (%(default)s)"
    command.add_argument("--engine", default=REFERENCE, help=several)
    add_timing(command)


def latency(options: argparse.Namespace) -> None:
    """Run `lasegm latency`."""
    from lasegm_core.latency.timing import measure_card, summary
    from lasegm_core.scoring.frames_alone import say_ages

    camera, size = _camera_and_size(options)
    if options.out and options.out.suffix != ".json":
        raise BadInput(f"--out {options.out} must end in .json")
    prepare(options)
    options.networks = [with_scale(name, options.input_scale) for name in options.networks]
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
    if camera:
        print(say_ages(card, camera))
    if options.out:
        card.save(options.out)


def _camera_and_size(options: argparse.Namespace) -> tuple:
    """Find the camera, None if none is told of, and (H, W) of the frames that are timed."""
    from lasegm_core.data.pixels.images import written
    from lasegm_core.scoring.frames_alone import find_camera

    if options.data is None and options.fps is None:
        return None, frame_size(options.size or SIZE)
    if options.engine != REFERENCE:
        raise BadInput(f"--data and --fps are of the engine {REFERENCE}: leave out --engine")
    camera = find_camera(options.data, options.fps)
    return camera, frame_size(options.size or (*map(written, camera.sizes), SIZE)[0])


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
