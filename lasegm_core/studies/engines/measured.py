"""All that the notebook on engines shows: measured here, or read off committed results."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from lasegm_core.data.sources import Place, split_frames
from lasegm_core.experiments.counted import ensure_all
from lasegm_core.experiments.grids import Cell
from lasegm_core.experiments.making import ensure_network
from lasegm_core.experiments.setting import Setting
from lasegm_core.latency.engines import pipeline
from lasegm_core.latency.engines.compare import Comparison, compare
from lasegm_core.latency.engines.frames import NUMBER, read_frames, resized, spread
from lasegm_core.latency.engines.registry import REFERENCE, chosen
from lasegm_core.models.loading import load_network
from lasegm_core.reports import captions, tables
from lasegm_core.studies.engines.scores import Reading
from lasegm_core.studies.streaming.on_device import present_seeds


@dataclass(frozen=True)
class Measured:
    """Tables of engines.

    Attributes:
        engines: as `Comparison.table` gives it, of all networks.
        scores: as `Reading.table` gives it.
        streams: milliseconds of each stage of a camera's stream, a row a network.
        verdicts: as `Reading.verdicts` gives it.
        left_out: a line for each engine that is left out; none where results are committed.
        caption: what was measured, where and when.
    """

    engines: pd.DataFrame
    scores: pd.DataFrame
    streams: pd.DataFrame
    verdicts: pd.DataFrame
    left_out: tuple[str, ...]
    caption: str

    @property
    def best(self) -> dict[str, str]:
        """Name the fastest engine of each network that is not marked."""
        usable = self.engines[self.engines["mark"] == ""]
        fastest = usable.loc[usable.groupby("network", sort=False)["median_ms"].idxmin()]
        return fastest.set_index("network")["engine"].to_dict()


def read(results: Path) -> Measured:
    """Read what was committed.

    Raises:
        BadInput: the set of results does not hold it.
    """
    names = ("engines", "engines_lamiou", "engines_stages", "engines_verdicts")
    engines, scores, streams, verdicts = (tables.read(name, results) for name in names)
    caption = tables.read_caption("engines", results)
    return Measured(engines, scores, streams, verdicts, (), caption)


def measure(
    grid: Sequence[Cell],
    setting: Setting,
    place: Place,
    engines: str,
    size: tuple[int, int],
    camera: tuple[int, int],
    rates: Sequence[float | str],
    calls: int,
) -> Measured:
    """Compare the engines of each network here, and score them on its counts.

    Args:
        grid: the cells of `grids.zoo_lamiou`; their runs are made first where they are missing.
        setting: networks and the frame interval.
        place: where runs and data are kept.
        engines: as `registry.chosen` takes them.
        size: (H, W) of the frames that are timed.
        camera: (H, W) of the frames that the camera sends as JPEG.
        rates: frames a second of the camera.
        calls: timed of each engine.
    """
    ensure_all([run for cell in grid for run in cell.runs], place)
    images = split_frames(setting.dataset, setting.profile, place, "val")["image"]
    paths = spread([path for path in images if path], NUMBER)
    compared, lines = {}, []
    for cell in grid:
        network = load_network(ensure_network(cell.runs[0], place))
        usable, left_out = chosen(engines, network.device)
        frames = read_frames(paths, size, 1, network.device)
        compared[cell.network] = compare(network, usable, frames, calls)
        lines += [*left_out, *compared[cell.network].refused]
    reading = Reading(compared, present_seeds(grid, place), setting.interval_s)
    card = compared[setting.networks[0]].measured(REFERENCE)
    caption = captions.of_grid(grid, setting, place, [card])
    return Measured(
        pd.concat(
            [of.table().assign(network=name) for name, of in compared.items()], ignore_index=True
        ),
        reading.table(rates),
        _streams(compared, paths, size, camera, calls),
        reading.verdicts(rates),
        tuple(dict.fromkeys(lines)),
        f"{caption} Frames of {size[0]}x{size[1]}.",
    )


def _streams(
    compared: Mapping[str, Comparison],
    paths: Sequence[str],
    size: tuple[int, int],
    camera: tuple[int, int],
    calls: int,
) -> pd.DataFrame:
    """Time a camera's stream by the best engine of each network."""
    stream = [pipeline.encode(resized(path, camera)) for path in paths]
    times = {}
    for name, of in compared.items():
        fastest = of.networks[of.best()]
        line = pipeline.Pipeline(fastest.call, size, fastest.device)
        times[name] = pipeline.time_stream(line, stream, calls).table()
    found = pd.concat(times).droplevel(1)
    return found.rename_axis("network").reset_index()
