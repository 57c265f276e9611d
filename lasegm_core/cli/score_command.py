"""The command `lasegm score`."""

import argparse
from pathlib import Path

from lasegm_core.cli.options import (
    add_command,
    add_data,
    add_scale,
    add_timing,
    prepare,
)
from lasegm_core.latency.engines.registry import REFERENCE
from lasegm_core.models.input_scale import with_scale

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
  lasegm score --network net.pt --input-scale 0.5             the same, on frames of half the size

Without labels, a better network's predictions can stand for them (bare.yaml names no labels):
  lasegm score --network espnet_q8@cityscapes --data bare.yaml --pseudo-label espnet_v2@cityscapes
That is the consistency of the first with the second, by the time its predictions come. It is called
so everywhere, for it is no accuracy: mistakes of the second are not seen.

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


def add(commands) -> None:
    """Add `score` to the commands of `lasegm`."""
    short = "time and score your own network on your own video"
    command = add_command(commands, "score", short, _SCORE)
    command.add_argument("--network", required=True, help="see above")
    add_scale(command)
    add_data(command, "six toy clips")
    better = "a better network, whose predictions stand for the labels: consistency, not accuracy"
    command.add_argument("--pseudo-label", metavar="NETWORK", help=better)
    command.add_argument("--offsets", type=int, help="score 0..N (default: the profile's, or more)")
    command.add_argument("--out", type=Path, help="folder for counts.npz, card.json and score.csv")
    command.add_argument("--engine", default=REFERENCE, help="what runs it, as 'lasegm latency'")
    add_timing(command)


def score(options: argparse.Namespace) -> None:
    """Run `lasegm score`."""
    from lasegm_core.scoring import own_score
    from lasegm_core.scoring.data import find_data

    prepare(options)
    data = find_data(options.data, options.dataset, options.profile, options.build, options.cache)
    found = own_score.score(
        with_scale(options.network, options.input_scale),
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
        options.pseudo_label,
    )
    print(found)
    if options.out:
        found.save(options.out)
