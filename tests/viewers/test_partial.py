"""With some runs only, the viewers neither stand empty nor mislead."""

from dataclasses import replace

import pytest

from lasegm_core import viewers
from lasegm_core.data.sources import find_place
from lasegm_core.experiments.stored_runs import HERE
from lasegm_core.latency.cards import Card
from lasegm_core.support.errors import BadInput
from lasegm_core.viewers.content import ONE_FOR_ALL
from lasegm_core.viewers.facts.hardware import BUSY, WHILE_BUSY
from tests.viewers.conftest import CARD, LATER, NOW, TWO

NOBODY = "no run is chosen: press a network and a configuration"


def only(content, *runs, **changes):
    """Content in which only some runs are trained here; the others are committed."""
    here = {"trained": True, "machine": HERE}
    kept = {"trained": False, "machine": "an EPYC", "folder": None}
    found = [replace(of, **(here if of.run in runs else kept)) for of in content.runs]
    return replace(content, runs=found, **changes)


@pytest.mark.parametrize(
    ("there", "sides"),
    [
        ((NOW,), ("1", "label")),
        ((LATER,), ("2", "label")),
        ((NOW, LATER), ("1", "2")),
        ((LATER, TWO), ("2", "3")),
    ],
)
def test_configurations_open_on_what_is_there_and_grey_out_the_rest(content, there, sides):
    viewer = viewers.compare(only(content, *there))
    assert (viewer.left.value, viewer.right.value) == sides
    assert viewer.pictures[0].ids and viewer.pictures[0].other and not viewer.fault.value
    absent = {"1": NOW, "2": LATER, "3": TWO}
    grey = {of["key"]: of["reason"] for of in viewer.left.options if of["reason"]}
    assert set(grey) == {key for key, run in absent.items() if run not in there}
    assert all("was trained for k = 1; there is" in reason for reason in grey.values())


def test_a_run_without_weights_is_grey_in_menus_and_says_why(content):
    partial = only(content, NOW)
    for menu in (viewers.overlay(partial).run, viewers.lens(partial).chosen[1]):
        reasons = {of["key"]: of["reason"] for of in menu.options}
        assert not reasons[NOW.title] and not reasons[""]
        assert reasons[TWO.title].startswith("no weights and no predictions here")


def saved(viewer):
    """Press Save; return what the browser is sent."""
    sent = []
    button = viewer.children[-1].children[0]
    button.send = lambda said, buffers=(): sent.append((said, buffers))
    button._handle_custom_msg({}, [])
    return sent[0]


def test_saving_what_cannot_be_drawn_is_a_sentence_and_the_button_lives_on(content):
    viewer = viewers.compare(content, k=2)  # no run was trained for it
    said, buffers = saved(viewer)
    assert said["fault"].startswith("It cannot be saved: nothing is shown: no run of SwiftNet-R18")
    assert not buffers
    viewer.k.value = 1
    said, buffers = saved(viewer)
    assert said["file"] == "lasegm-compare.html" and b"<!DOCTYPE html>" in buffers[0]


def test_what_if_with_nothing_pressed_shows_nothing_and_saves_nothing(content):
    viewer = viewers.what_if(content, hardware="mine", configurations=())
    assert NOBODY in viewer.fault.value and not viewer.bars.bars
    for make in (viewer.page, viewer.csv):
        with pytest.raises(BadInput, match=NOBODY):
            make()
    assert NOBODY in saved(viewer)[0]["fault"]
    viewer.bars.chosen = NOW.title  # as a late click on a bar that is gone
    assert NOBODY in viewer.fault.value and not viewer.answer.value
    viewer.configurations.value = ("1",)
    assert not viewer.fault.value and len(viewer.bars.bars) == 1
    viewer.configurations.value = ()
    assert not viewer.answer.value and not viewer.lead.value


def test_columns_of_the_lens_are_named_by_their_networks(content):
    viewer = viewers.lens(content, first="", second=TWO.title, third=NOW.title, frame=20)
    assert viewer.legend.columns == ["SwiftNet-R18 (3), IoU", "SwiftNet-R18 (1), IoU"]
    viewer.chosen[2].value = ""
    viewer.show.value = "errors"
    assert viewer.legend.columns == ["SwiftNet-R18, anyway", "SwiftNet-R18, late"]


def test_a_lens_without_any_network_says_so(content):
    viewer = viewers.lens(content, first="")
    assert "no network is chosen" in viewer.fault.value and not viewer.line.rows


def test_runs_of_two_machines_are_marked(content):
    mixed = only(content, NOW)
    bars = viewers.what_if(mixed, hardware="mine", rows="all").bars.bars
    marks = {bar["key"]: bar["name"].rpartition(" ")[2] for bar in bars}
    assert marks == {NOW.title: "(here)", LATER.title: "(committed)", TWO.title: "(committed)"}
    labels = [of["title"] for of in viewers.overlay(mixed).run.options]
    assert "SwiftNet-R18: I_t → S_t (here)" in labels
    assert not viewers.what_if(content, hardware="mine").bars.bars[0]["name"].endswith(")")


def test_without_any_run_committed_results_are_shown_with_their_own_clips(tmp_path):
    found = viewers.load("toystreet", "laptop", find_place("toystreet", tmp_path, tmp_path))
    assert "toystreet, profile laptop: committed results" in found.note
    assert found.clip_frames.profile == "laptop" and any(of.trained for of in found.runs)
    assert not any(tmp_path.iterdir())  # nothing is rendered
    viewer = viewers.lens(found)
    assert viewer.pictures[0].ids and viewer.pictures[1].ids and not viewer.fault.value


def test_clips_of_another_profile_are_named_in_the_note(tmp_path):
    place = find_place("toystreet", tmp_path, tmp_path)
    found = viewers.load("toystreet", "laptop", place, figures=None)
    clips = len(found.clip_frames.clips)
    assert f"The {clips} clips are those of profile smoke, not of laptop." in found.note


def timed(content, facts, known=None):
    """Time here, where a card of this machine may be known."""
    busy = Card("local", "a CPU", "measured", {"swiftnet_r18": 0.3}, {"size": "48x64"} | facts)
    cards = {"this machine": known} if known else {"mine": CARD}
    viewer = viewers.what_if(replace(content, cards=cards, time_here=lambda _size: busy))
    viewer.device.time_here.click()
    return viewer


def test_a_timing_on_a_busy_machine_is_warned_of_and_leaves_the_idle_card(content):
    viewer = timed(content, {BUSY: "load 3.0"}, known=CARD)
    assert viewer.device.hardware.value == WHILE_BUSY
    assert "Timed while this machine was busy (load 3.0)" in viewer.device.source.value
    viewer.device.hardware.value = HERE
    assert "busy" not in viewer.device.source.value and "100 ms" in viewer.bars.bars[0]["text"]


def test_an_idle_timing_replaces_the_card_and_is_shown_at_once(content):
    viewer = timed(content, {}, known=CARD)
    assert viewer.device.hardware.value == HERE and "300 ms" in viewer.bars.bars[0]["text"]
    assert timed(content, {BUSY: "load 3.0"}).device.hardware.value == HERE


def test_a_timing_that_fails_is_a_sentence_and_the_button_lives_on(content):
    def fails(_size):
        raise MemoryError("no memory is left")

    viewer = viewers.what_if(replace(content, time_here=fails))
    viewer.device.time_here.click()
    assert "The networks cannot be timed: no memory is left" in viewer.fault.value
    assert not viewer.device.time_here.disabled and not viewer.status.waiting


def sized(size, latency_s=0.1, device="a device"):
    return Card("mine", device, "measured", {"swiftnet_r18": latency_s}, {"size": size})


def test_the_input_size_of_the_latencies_is_chosen_and_said(content):
    cards = {"mine-64x64 (measured)": sized("64x64"), "mine, large": sized("512x1024", 0.5)}
    viewer = viewers.what_if(replace(content, cards=cards | {"other": sized("1x2", 1, "another")}))
    device, own = viewer.device, content.clip_frames.size
    assert device.hardware.value == "mine (measured)" and device.size.value == "512x1024"
    assert "500 ms" in viewer.bars.bars[0]["text"]
    said = f"Accuracy is of {own} frames, latency of 512x1024."
    assert said in viewer.answer.value and said in viewer.page()
    device.size.value = "64x64"
    assert "100 ms" in viewer.bars.bars[0]["text"]
    grey = {of["key"]: of["reason"] for of in device.size.options if of["reason"]}
    assert grey["1x2"] == "no latencies of mine (measured)" and "64x64" not in grey
    device.hardware.value = "other"  # which has another size alone: that is shown
    assert device.size.value == "1x2" and not viewer.fault.value


def test_a_size_that_a_device_does_not_have_is_a_sentence(content):
    known = replace(content, cards={"mine": sized("64x64"), "other": sized("1x2", 1, "another")})
    viewer = viewers.what_if(known, hardware="mine", size="1x2")
    assert "mine has no latencies at 1x2: there is 64x64; choose one" in viewer.fault.value
    assert not viewer.bars.bars and not viewer.answer.value
    viewer.device.size.value = "64x64"
    assert not viewer.fault.value and viewer.bars.bars


def test_this_machine_is_timed_at_the_chosen_size(content):
    asked = []

    def time_here(size):
        asked.append(size)
        return sized(size or "48x64", 0.2)

    viewer = viewers.what_if(replace(content, time_here=time_here), hardware=HERE, size="1080x1920")
    assert "no network is timed at 1080x1920 on this machine yet" in viewer.fault.value
    assert viewer.device.time_here.description == "Time the networks here at 1080x1920"
    viewer.device.time_here.click()
    assert asked == ["1080x1920"] and not viewer.fault.value
    assert (
        "200 ms" in viewer.bars.bars[0]["text"] and "latency of 1080x1920." in viewer.answer.value
    )
    viewer.device.hardware.value = ONE_FOR_ALL
    assert viewer.device.size.layout.display == "none" and "Accuracy" not in viewer.answer.value


def test_late_errors_have_a_colour_and_a_price_of_their_own(content):
    viewer = viewers.lens(content, first=NOW.title, show="errors", frame=20, latency_ms=130)
    picture = viewer.pictures[0]
    clip_frames, clip = content.clip_frames, viewer.clip_name
    assert picture.source == clip_frames.label(clip, 17)
    (wrong, _), (late, said) = picture.meanings
    assert (wrong, late) == (picture.wrong, picture.late) and "wrong because late: " in said
    viewer.latency_ms.value = 50
    assert viewer.line.rows[0]["input"] == 19 and viewer.line.now == 20
    assert viewer.line.rows[0]["latency_ms"] == 50
