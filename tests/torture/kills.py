"""kill -9 of the whole process group at any moment of `make reproduce-table1 PROFILE=smoke`."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from random import Random

from tests.torture.counting import Case
from tests.torture.tree import Tree

KIND = "killed, repeated, the same tables and figures"
_TABLE = ("build/toystreet-smoke/*.ipynb", "build/figures/toystreet-smoke")
_RUN = "build/runs/toystreet-smoke/{run}-*"
# What is taken away from a finished build, so that a kill finds that work under way.
STAGES = {
    "rendering": ("data/*", *_TABLE),
    "training a base": (_RUN.format(run="swiftnet_r18-base-s0"), *_TABLE),
    "training and checkpoints": (_RUN.format(run="swiftnet_r18*-i2-k1-s0"), *_TABLE),
    "evaluating": ("build/runs/*/swiftnet*/counts-*", *_TABLE),
    "papermill and tables": _TABLE,
    "everything": ("build/*", "data/*", *_TABLE),
}
# A pattern of the profiles, and what leaves the smoke profile two networks. Not one: one run is
# trained on more threads than two side by side, and so to other weights.
TWO_NETWORKS = r'"smoke"\): Profile\(', r'\g<0>networks=("swiftnet_r18", "swiftnet_r18_x"), '


def cases(folder: Path, seed: int, kills: int, short: bool) -> Iterator[Case]:
    """List the kills: the stages take turns, the moment within a stage is drawn.

    `everything` starts from nothing and takes minutes; the short form leaves it out, and has the
    runs of two networks, not of four.
    """
    chance, bench = Random(seed), _Bench(folder, short)
    stages = [name for name in STAGES if not (short and name == "everything")]
    chance.shuffle(stages)
    for number in range(kills):
        stage = stages[number % len(stages)]
        share = chance.uniform(0.02, 0.98)
        title = f"{number + 1}: {stage}, at {share:.0%} of its time"
        yield Case(KIND, title, partial(bench.kill, stage, share))


class _Bench:
    """The copy, the undisturbed result, and how long each stage takes undisturbed."""

    def __init__(self, folder: Path, short: bool) -> None:
        self.folder, self.short, self.tree, self.durations = folder, short, None, {}

    def _prepare(self) -> None:
        if self.tree is None:
            self.tree = Tree(self.folder / "tree")
            if self.short:
                self.tree.change("training/profiles.py", *TWO_NETWORKS)
            self.durations["everything"] = self.tree.make()
            self.expected = self.tree.results()
            self.tree.keep(self.folder / "kept")

    def kill(self, stage: str, share: float) -> None:
        """Kill make in a stage, repeat it, and compare tables and figures with the undisturbed."""
        self._prepare()
        if stage not in self.durations:
            self._take_away(stage)
            self.durations[stage] = self.tree.make()
            self._compare(f"{stage}, undisturbed")
        self._take_away(stage)
        self.tree.kill(share * self.durations[stage])
        self.tree.make()
        self._compare(stage)
        left = list(self.tree.root.glob("build/runs/**/.*.[0-9]*.*"))
        assert not left, f"half-written files stay: {left}"

    def _compare(self, stage: str) -> None:
        found = self.tree.results()
        other = [name for name in self.expected if found.get(name) != self.expected[name]]
        assert "table1.csv" in found and not other, f"{stage}: other bytes in {other}"

    def _take_away(self, stage: str) -> None:
        self.tree.bring_back(self.folder / "kept")
        self.tree.remove(*STAGES[stage])
