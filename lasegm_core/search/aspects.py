"""What optimising operators, depth and resolution gains: the searches of Table 6 (paper 004).

Each search decides some of the aspects, the others are MRMS's. All are driven to one latency, that
is looked up for frames of 256x512 on this machine: MRMS's own times what the paper prints of HMSeg
over MRMS (12.0 and 14.7 ms). What they find is trained from scratch on ToyStreet on several seeds,
and so is MRMS. The paper searches and trains on Cityscapes, for 720 epochs.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np

from lasegm_core import published
from lasegm_core.data.sources import Place, class_table
from lasegm_core.data.toystreet.world import FRAMES, INTERVAL_S
from lasegm_core.experiments.counted import ensure
from lasegm_core.experiments.provenance import record
from lasegm_core.experiments.results.result_set import ResultSet, counts_file
from lasegm_core.experiments.runs import Run
from lasegm_core.latency.sizes import in_turn
from lasegm_core.models.loading import load_network
from lasegm_core.models.networks import space
from lasegm_core.search.find import search
from lasegm_core.search.job import Wish
from lasegm_core.search.lookup import UNITS, Task, ensure_table
from lasegm_core.search.supernet import gates_of
from lasegm_core.support.files import atomic
from lasegm_core.training.profiles import profile

DATASET, PROFILE = "toystreet", "hmseg"
SIZE = (256, 512)  # H x W of the frames that latencies are of
BY_HAND = "mrms"  # where every search starts from


def wishes(place: Place, steps: int, seed: int = 0) -> dict[str, Wish]:
    """List the searches by `exp` of Table 6, all with the same budget of latency.

    Args:
        place: where the table of latencies is kept; it is made first.
        steps: weight steps, and as many architecture steps.
        seed: of all random draws.
    """
    classes = len(class_table(DATASET, PROFILE, place).names)
    table = ensure_table("latency", Task(1, SIZE, 1, classes), place.build)
    own_ms = table.cost(gates_of(space.MRMS)).item() / UNITS["latency"][1]
    budget = (("latency", round(float(own_ms * printed_share()), 3)),)
    rows = published.searches()["optimise"]
    return {
        exp: Wish("instant", budget, size=SIZE, steps=steps, seed=seed, optimise=optimise)
        for exp, optimise in rows.items()
    }


def printed_share() -> float:
    """Divide the printed latency of HMSeg by that of MRMS, both of Table 1."""
    rows = published.latencies().query("paper == '004' and place == 'Table 1'")
    latency = rows.set_index("network")["latency_s"]
    return latency["hmseg"] / latency[BY_HAND]


def found_networks(place: Place, steps: int) -> dict[str, str]:
    """Search what is missing; return a network for each `exp`: the file of its architecture.

    Stopped searches are continued. The files are named after their `exp`, in searches/table6.
    """
    files = {}
    for exp, wish in wishes(place, steps).items():
        found = search(wish, DATASET, PROFILE, place)
        path = place.build / "searches" / "table6" / f"table6_{exp}.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        with atomic(path) as partial:
            partial.write_text(found.read_text())
        files[exp] = str(path)
    return files


def with_mrms(networks: Mapping[str, str]) -> dict[str, str]:
    """Put MRMS, designed by hand, before the networks that were found."""
    return {"": BY_HAND, **networks}


def runs_of(network: str) -> list[Run]:
    """Name the run of every seed of the profile."""
    seeds = profile(DATASET, PROFILE).seeds
    return [Run(network, 1, 0, DATASET, PROFILE, seed) for seed in seeds]


def trained(networks: Mapping[str, str], place: Place) -> dict[str, np.ndarray]:
    """Train and score what is missing, one run after the other.

    Returns:
        The instant counts of each network, (seeds, clips, n, n).
    """
    return {
        exp: np.stack([ensure(run, place).at(0) for run in runs_of(network)])
        for exp, network in networks.items()
    }


def timed(networks: Mapping[str, str], rounds: int) -> dict[str, list[float]]:
    """Time the networks here, in turn, at `SIZE`, random weights: seconds of every round."""
    size = "{}x{}".format(*SIZE)
    loaded = {exp: load_network(network) for exp, network in networks.items()}
    samples = in_turn([(exp, size) for exp in networks], loaded, rounds)
    return {exp: seconds for (exp, _), seconds in samples.items()}


def save(networks: Iterable[str], place: Place, out: Path) -> None:
    """Write counts, records and architectures of different networks into the set `out`/hmseg."""
    records, out = {}, Path(out) / PROFILE
    for run in (run for network in sorted(networks) for run in runs_of(network)):
        path = counts_file(out, run.title)
        ensure(run, place).save(path)
        records[run.title] = record(run, place, path)
        if space.is_file(run.network):
            with atomic(out / "architectures" / Path(run.network).name) as partial:
                partial.write_text(Path(run.network).read_text())
    ResultSet(DATASET, PROFILE, INTERVAL_S, FRAMES, True, records).save(out)
