"""The tables and figures of the paper (000) as grids of runs, each scored at one offset."""

from dataclasses import dataclass, replace

from lasegm_core.experiments.runs import Run
from lasegm_core.experiments.setting import Setting
from lasegm_core.latency.cards import card
from lasegm_core.support.errors import BadInput

QUANTITIES = ("instant", "configuration_1", "configuration_2", "configuration_3")
DECAYING = ("deeplab_r101", "swiftnet_r18")  # the two networks of Figures 3 and 4
DEVICES = ("v100", "gtx1080ti", "k80")  # the hardware of Figure 4, fastest first
TRANSLATIONS = (4, 8, 24)  # N of section 5.3, beside 0


@dataclass(frozen=True)
class Cell:
    """A cell: runs that differ in seed only, scored at one offset."""

    quantity: str
    network: str
    offset: int
    runs: tuple[Run, ...]


def _cell(
    setting: Setting, quantity: str, network: str, inputs: int, trained: int, scored: int
) -> Cell:
    run = Run(network, inputs, trained, setting.dataset, setting.profile)
    seeds = setting.settings.seeds_of(network)
    return Cell(quantity, network, scored, tuple(map(run.with_seed, seeds)))


def _instant(setting: Setting) -> list[Cell]:
    """List the instant mIoU of all networks; the runs' counts hold every offset."""
    return [_cell(setting, "instant", name, 1, 0, 0) for name in setting.networks]


def table1(setting: Setting) -> list[Cell]:
    """List Table 1: four rows for each network of the profile."""
    found = []
    for network in setting.networks:
        k = setting.offset(network)
        # (input frames, trained offset, scored offset), in the order of QUANTITIES
        rows = ((1, 0, 0), (1, 0, k), (1, k, k), (2, k, k))
        found += [
            _cell(setting, quantity, network, *row)
            for quantity, row in zip(QUANTITIES, rows, strict=True)
        ]
    return found


def _decaying(setting: Setting) -> list[str]:
    """List the networks of Figures 3 and 4; without any of the paper's, all that are compared."""
    return [name for name in DECAYING if name in setting.networks] or list(setting.networks)


def figures1_2(setting: Setting) -> list[Cell]:
    """List Figures 1 and 2: the slowest network, trained at offset 0, scored at offsets 0 and k."""
    slowest = max(setting.networks, key=setting.card.of)
    late = setting.offset(slowest)
    return [
        _cell(setting, "instant", slowest, 1, 0, 0),
        _cell(setting, "configuration_1", slowest, 1, 0, late),
    ]


def figure3(setting: Setting) -> list[Cell]:
    """List Figure 3: two inputs, trained and scored at each offset; and the instant networks."""
    trained = [
        _cell(setting, "configuration_3", network, 2, k, k)
        for network in _decaying(setting)
        for k in range(setting.settings.decay_offsets + 1)
    ]
    return trained + _instant(setting)


def figure4(setting: Setting) -> list[Cell]:
    """List Figure 4: as Figure 3, at every offset between the devices, and the setting's own."""
    trained = []
    for network in _decaying(setting):
        offsets = [setting.offset(network, card(device)) for device in DEVICES]
        every = {*range(min(offsets), max(offsets) + 1), setting.offset(network)}
        trained += [_cell(setting, "configuration_3", network, 2, k, k) for k in sorted(every)]
    return trained + _instant(setting)


def figures5_6(setting: Setting) -> list[Cell]:
    """List Figures 5 and 6: SwiftNet-R18 in the three configurations."""
    return [cell for cell in table1(setting) if cell.network == "swiftnet_r18"]


def ablation(setting: Setting) -> list[Cell]:
    """List section 5.3: SwiftNet-R18 with N translated inputs, and with only their width."""
    k = setting.offset("swiftnet_r18")
    names = ["swiftnet_r18"]
    names += [f"swiftnet_r18_{kind}{n}" for n in TRANSLATIONS for kind in ("w", "t")]
    return [_cell(setting, "configuration_3", name, 2, k, k) for name in names]


def zoo_lamiou(setting: Setting) -> list[Cell]:
    """List the zoo: each network trained at offset 0; its counts hold every offset."""
    return _instant(setting)


GRIDS = {
    "table1": table1,
    "figures1_2": figures1_2,
    "figure3": figure3,
    "figure4": figure4,
    "figures5_6": figures5_6,
    "ablation": ablation,
    "zoo_lamiou": zoo_lamiou,
}


def of_seed(grid: list[Cell], seed: int) -> list[Cell]:
    """Keep the runs of one seed, and the cells that have it.

    Raises:
        BadInput: no cell has it.
    """
    found = [replace(cell, runs=(run,)) for cell in grid for run in cell.runs if run.seed == seed]
    if not found:
        seeds = sorted({run.seed for cell in grid for run in cell.runs})
        raise BadInput(f"no run here has seed {seed}: use one of {seeds}")
    return found
