"""The page computes what Python computes: every run, camera, device and schedule of a grid."""

import json
import subprocess
from fractions import Fraction

import numpy as np
import pytest

from lasegm_core.metric.bootstrap import bootstrap, interval
from lasegm_core.metric.confusion import IGNORE, mean_iou
from lasegm_core.metric.counts import Counts
from lasegm_core.metric.offsets import frame_interval, frame_offset
from lasegm_core.metric.staleness import in_data_frames, staleness
from lasegm_core.metric.streaming import mix
from lasegm_core.support.errors import BadInput
from lasegm_core.viewers.browser.page import drawing
from lasegm_core.viewers.facts.causes import costs, points
from lasegm_core.viewers.site.packed import picked, tallied
from lasegm_core.viewers.site.page import SCRIPTS, STATIC

driver = pytest.importorskip("playwright._impl._driver", reason="playwright is not installed")
DATA_S = Fraction(3, 50)
FPS = ("5", "50/3", "15", "29.97", "30", "60")
LATENCIES_S = ("13/500", "0.06", "0.076", "0.1", "39/200", "0.12345", "0.9")
SHAPE = (7, 9, 4, 4)  # clips, offsets, classes
COMPUTE = """
const set = await unpackedSet(SET);
const schedules = { every: agesOfEveryFrame, one: agesOfOneDevice };
const found = [];
for (const fps of FPS)
  for (const latency of LATENCIES)
    for (const name in schedules) {
      const { n, d } = fraction(fps);
      const camera = { n: d, d: n };
      const ages = schedules[name](fraction(latency), camera);
      const offsets = inDataFrames(ages, camera, set.interval);
      const row = set.runs.map((run) => scored(run, set.picks, offsets));
      found.push(row.map((score) => score && [score.miou, ...score.interval]));
    }
process.stdout.write(JSON.stringify(found));
"""


@pytest.fixture(scope="module")
def runs():
    """Two runs: one with many classes that never occur, one that is right at offset 0."""
    chance = np.random.default_rng(0)
    noisy = chance.integers(0, 1000, SHAPE) * (chance.random(SHAPE) < 0.5)
    noisy[..., 3] = noisy[..., 3, :] = 0
    late = np.array([[[200 - 9 * k, 9 * k], [9 * k, 80 - 9 * k]] for k in range(9)])
    names = tuple(map(str, range(7)))
    return [Counts(noisy, names), Counts(np.stack([late * (i + 1) for i in range(7)]), names)]


def run_js(code):
    """Run the page's own code in the node that playwright brings."""
    sources = [drawing(), *((STATIC / f"{name}.js").read_text() for name in SCRIPTS)]
    node = driver.compute_driver_executable()[0]
    command = [str(node), "--input-type=module", "-e", "\n".join([*sources, code])]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def computed(runs):
    """Score in JavaScript every camera, latency and schedule."""
    laid_out = {
        "interval": str(DATA_S),
        "picks": picked(SHAPE[0]),
        "cards": [],
        "runs": [tallied(counts) for counts in runs],
    }
    values = {"SET": laid_out, "FPS": FPS, "LATENCIES": LATENCIES_S}
    code = COMPUTE
    for name, value in values.items():
        code = code.replace(name, json.dumps(value))
    return json.loads(run_js(code))


def expected(counts, latency_s, camera_s, devices):
    """Score in Python; None where the counts do not reach."""
    if devices is None:
        shares = {frame_offset(latency_s, camera_s): Fraction(1)}
    else:
        shares = staleness(latency_s, camera_s, frames=2000).shares
    try:
        mixed = mix(counts, in_data_frames(shares, camera_s / DATA_S))
    except BadInput:
        return None
    return [float(mean_iou(mixed.sum(0))), *interval(bootstrap(mixed))]


def test_scores_and_intervals_are_those_of_python(runs):
    cases = [(fps, time, devices) for fps in FPS for time in LATENCIES_S for devices in (None, 1)]
    rows = computed(runs)
    assert len(rows) == len(cases)
    for (fps, time, devices), row in zip(cases, rows, strict=True):
        for counts, ours in zip(runs, row, strict=True):
            theirs = expected(counts, Fraction(time), frame_interval(fps), devices)
            assert ours == (theirs and pytest.approx(theirs, abs=1e-9)), (fps, time, devices)
    assert any(None in row for row in rows) and any(None not in row for row in rows)


def test_errors_cost_what_they_cost_in_python():
    chance, classes = np.random.default_rng(1), 6
    for _ in range(20):  # few pixels, so that classes are absent, or were predicted late alone
        label, source = (chance.integers(0, classes, 12, np.uint8) for _ in range(2))
        prediction = np.where(chance.random(12) < 0.6, source, label)
        label[:2] = IGNORE
        layers = [layer.tolist() for layer in (prediction, label, source)]
        given = ", ".join(f"Uint8Array.from({layer})" for layer in layers)
        ours = json.loads(
            run_js(f"process.stdout.write(JSON.stringify(costs({given}, {classes})));")
        )
        theirs = points(*costs(prediction, label, source, classes))
        assert (ours["late"], ours["anyway"]) == pytest.approx(
            (theirs.late, theirs.anyway), abs=1e-9
        )


@pytest.mark.parametrize("text", ["", "a", "-3", "1e3", "1/", "/2", "1.2.3", "Infinity"])
def test_what_is_no_number_is_refused(text):
    code = f"try {{ fraction({json.dumps(text)}); }} catch {{ process.stdout.write('refused'); }}"
    assert run_js(code) == "refused"
