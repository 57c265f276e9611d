"""The runs that each table and figure needs."""

from dataclasses import replace

import pytest

from lasegm_core.experiments import cells, grids
from lasegm_core.experiments.setting import Setting
from lasegm_core.latency.cards import Card, card
from lasegm_core.reports import captions
from lasegm_core.support.errors import BadInput
from lasegm_core.training.recipes import NETWORKS


def test_figure_3_trains_for_every_offset_and_shares_the_runs_of_table_1():
    setting = Setting("toystreet", "laptop", card("gtx1080ti"), 0.06)
    trained = [cell for cell in grids.figure3(setting) if cell.quantity == "configuration_3"]
    assert [cell.offset for cell in trained] == [*range(7), *range(7)]
    assert all(cell.runs[0].offset == cell.offset and cell.runs[0].inputs == 2 for cell in trained)
    runs = {run for cell in grids.table1(setting) for run in cell.runs}
    assert len([cell for cell in trained if cell.runs[0] in runs]) == 2


def test_figure_3_is_of_the_chosen_networks_without_any_of_the_paper_s():
    setting = Setting("toystreet", "laptop", card("gtx1080ti"), 0.06, ("deeplab_mn",))
    trained = [cell for cell in grids.figure3(setting) if cell.quantity == "configuration_3"]
    assert [cell.network for cell in trained] == ["deeplab_mn"] * 7
    both = replace(setting, chosen=("deeplab_mn", "swiftnet_r18"))
    of_both = [cell for cell in grids.figure3(both) if cell.quantity == "configuration_3"]
    assert {cell.network for cell in of_both} == {"swiftnet_r18"}


def test_figure_4_has_every_offset_between_the_devices():
    setting = Setting("toystreet", "laptop", card("gtx1080ti"), 0.06)
    trained = [cell for cell in grids.figure4(setting) if cell.quantity == "configuration_3"]
    assert [cell.offset for cell in trained] == [*range(3, 10), 1, 2]


def test_the_runs_of_one_seed_can_be_made_apart():
    grid = grids.table1(Setting("toystreet", "reference", card("gtx1080ti"), 0.06))
    seeds = [[run.seed for run in cell.runs] for cell in grid]
    assert seeds == [[0, 1]] * 4 + [[0, 1, 2]] * 12  # DeepLab-R101 has two
    assert {run.seed for cell in grids.of_seed(grid, 1) for run in cell.runs} == {1}
    assert len(grids.of_seed(grid, 1)) == 16
    assert captions.say_seeds(grid) == "seeds [0, 1, 2], DeepLab-R101's [0, 1]"
    assert captions.say_seeds(grid[:4]) == "seeds [0, 1]"
    assert captions.say_intervals(grids.of_seed(grid, 1)).endswith("clips, not over trainings")
    assert captions.say_intervals(grid).endswith("seeds and clips")
    assert "deeplab_r101" not in {cell.network for cell in grids.of_seed(grid, 2)}
    with pytest.raises(BadInput, match="no run here has seed 7"):
        grids.of_seed(grid, 7)


def test_a_network_slower_than_the_clips_is_reported_not_dropped(tmp_path):
    slow = Card("slow", "snail", "printed", dict.fromkeys(NETWORKS, 2.0))
    grid = grids.table1(Setting("toystreet", "smoke", slow, 0.06))
    assert cells.ensure_cells([grid[1]], None) == ["too slow for this clip length: k = 34"]
