"""Networks as people have them: every form of a perfect network scores what it is worth."""

import pytest
import torch
from torch import nn

from lasegm_core.cli.main import main
from lasegm_core.latency.cards import Card
from lasegm_core.latency.engines.build import make
from lasegm_core.models.loading import load_network
from lasegm_core.scoring import own_network, own_score
from lasegm_core.support.errors import BadInput
from tests.helpers import forms
from tests.helpers.fast_square import SIZE
from tests.helpers.forms import (
    OUTPUTS,
    SAYS,
    SLOW,
    Demanding,
    Sees,
    Trained,
    is_perfect,
    scored,
)


@pytest.mark.parametrize("form", OUTPUTS)
def test_what_a_perfect_network_gives_is_read_in_every_form(form, fast):
    found = scored(Sees(OUTPUTS[form]), fast)
    assert is_perfect(found)
    said = [line for line in found.about.splitlines() if line.startswith("network: ")]
    assert SAYS.get(form, "") in "".join(said)
    if form == "logits":
        assert not said


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float64])
def test_a_network_of_another_type_gets_frames_of_its_type(dtype, fast):
    found = scored(Sees().to(dtype), fast)
    assert is_perfect(found)
    assert f"it computes in {str(dtype)[6:]}" in found.about


def test_a_function_over_a_network_in_fp16_is_found_by_trial(fast):
    network = Sees().half()
    assert is_perfect(scored(lambda frames: network(frames), fast))


def test_a_measured_card_says_the_precision_and_what_the_timer_includes(fast):
    network = Sees(forms.smaller).half()
    found = own_score.score(network, fast, min_calls=3, min_s=0)
    assert found.card.facts["precision"] == "fp16"
    assert "resized bilinearly to 32x64" in found.card.facts["notes"]["Sees"]


def test_frames_are_padded_to_the_multiple_that_a_network_asks_for(fast):
    for network in (Demanding(), Demanding(forms.smaller), Demanding(lambda of: of.argmax(1))):
        found = scored(network, fast)
        assert is_perfect(found)
        assert "frames are padded to 64x64, multiples of 64" in found.about


@pytest.mark.parametrize("engine", ["channels_last", "folded"])
def test_an_engine_runs_what_was_made_of_the_network(engine, fast):
    made = lambda logits: {"aux": -logits, "out": forms.smaller(logits)}  # noqa: E731
    assert is_perfect(scored(Sees(made), fast, engine=engine))


def test_an_engine_runs_the_method_that_was_given_and_not_another():
    class Two(Sees):
        def predict(self, frames):
            return -self(frames)

    network, frames = Two(), torch.rand(1, 1, 3, *SIZE)
    made = make("channels_last", load_network(network.predict), frames)
    assert torch.equal(made.call(frames), -network(frames[:, 0]))


def test_class_ids_of_a_larger_table_become_those_of_the_data(fast, monkeypatch):
    own = fast.classes._replace(name="own", names=("square", "background"))
    larger = fast.classes._replace(name="larger", names=("square", "sky", "background"))
    monkeypatch.setitem(own_network.TABLES, "own", own)
    monkeypatch.setitem(own_network.TABLES, "larger", larger)
    assert is_perfect(scored(Sees(lambda of: (-of).argmax(1)), fast, classes_of="own"))
    with pytest.raises(BadInput, match=r"gives class ids, and these have no class in .*: sky"):
        scored(Sees(lambda of: of.argmax(1)), fast, classes_of="larger")
    with pytest.raises(BadInput, match="gives class ids 1 to 255, but the classes are 0 to 1"):
        scored(Sees(lambda of: (-of).argmax(1) * 7), fast, classes_of="own")


@pytest.mark.parametrize(
    ("network", "words"),
    [
        (Sees(lambda of: of.argmax(1) * 2), "gives class ids 0 to 2, but the classes are 0 to 1"),
        (Sees(lambda of: of.argmax(1) - 1), "gives class ids -1 to 0, but the classes are 0 to 1"),
        (Sees(lambda of: of.transpose(2, 3)), r"\(1, 3, 32, 64\): \(1, 2, 64, 32\) is given"),
        (Sees(lambda of: of.mean((2, 3))), r"must give logits .* \(1, 2\) is given"),
        (Sees(lambda of: of.mean((2, 3), keepdim=True)), r"\(1, 2, 1, 1\) is given"),
        (Sees(lambda of: of.int()), r"\(1, 2, 32, 64\) is given"),
        (Sees(lambda of: {"loss": 3}), "a dict is given"),
        (Sees(lambda of: torch.cat([of, of], 1)), "gives 4 classes, but the video.yaml table"),
        (lambda frames: torch.rand(1, 2, *SIZE), "two calls on one frame differ in .* % of the"),
    ],
)
def test_what_is_no_segmentation_is_refused_in_one_line(network, words, fast):
    with pytest.raises(BadInput, match=words) as error:
        scored(network, fast)
    assert "\n" not in str(error.value)


def test_a_probability_that_turns_out_to_be_none_is_refused(fast):
    calls = []

    def network(frames):
        calls.append(frames)
        return frames[:, :1] * (1 if len(calls) < 8 else 9)

    with pytest.raises(BadInput, match="a probability on some frames and not on others"):
        scored(network, fast)


@pytest.mark.filterwarnings("ignore")
def test_training_mode_is_refused_wherever_it_hides(fast, tmp_path):
    example = torch.rand(1, 3, *SIZE)
    for part, words in ((nn.BatchNorm2d(3), "BatchNorm takes its stat"), (nn.Dropout(), "dropout")):
        trained = Trained(part).train()
        torch.jit.save(torch.jit.trace(trained, example, check_trace=False), tmp_path / "net.ts")
        torch.export.save(torch.export.export(trained, (example,)), tmp_path / "net.pt2")
        function = lambda frames, of=trained: of(frames)  # noqa: E731
        for source in (str(tmp_path / "net.ts"), str(tmp_path / "net.pt2"), function):
            with pytest.raises(BadInput, match=rf"is in training mode \({words}.*\.eval\(\)"):
                scored(source, fast)


@pytest.mark.filterwarnings("ignore")
def test_what_eval_sets_right_and_norms_without_statistics_are_scored(fast, tmp_path):
    assert is_perfect(scored(Trained(nn.BatchNorm2d(3)).train(), fast))
    torch.jit.save(torch.jit.script(Trained(nn.Dropout()).train()), tmp_path / "net.pt")
    assert is_perfect(scored(str(tmp_path / "net.pt"), fast))
    for norm in (nn.InstanceNorm2d(3), nn.BatchNorm2d(3, track_running_stats=False)):
        scored(Trained(norm).train(), fast)


@pytest.mark.parametrize("latency_ms", [600, 900_000])
def test_of_a_network_that_is_too_slow_all_that_was_measured_is_said(latency_ms, fast):
    card = Card("mine", "a device", "measured", {"any": latency_ms / 1000})
    found = own_score.score(Sees(), fast, hardware=card)
    said = str(found)
    k = latency_ms // 40
    assert found.table["k"].iloc[0] == k
    assert found.instant[0] == 1 and "instant mIoU 1.000" in said
    assert (f"LAmIoU of network only (k = {k})" in said) is (k > 18)
    assert f"streaming mIoU of network only (k = {k})" in said
    assert "\n  2: 0.766 [0.766, 0.766]\n" in said
    if k == 15:  # the clips are too short for the streaming mIoU alone
        assert found.table["lamiou"].notna().all()


def test_a_card_is_taken_by_its_path_or_name(fast, tmp_path):
    SLOW.save(tmp_path / "card.json")
    for path in (tmp_path / "card.json", str(tmp_path / "card.json")):
        assert is_perfect(own_score.score(Sees(), fast, hardware=path))
    with pytest.raises(BadInput, match="hardware card 'gtx1080ti' has no latency of Sees: it has"):
        own_score.score(Sees(), fast, hardware="gtx1080ti")
    with pytest.raises(BadInput, match="unknown hardware card 'gtx1080'"):
        own_score.score(Sees(), fast, hardware="gtx1080")


def test_the_latency_command_says_what_the_timer_includes(tmp_path, monkeypatch, capsys):
    (tmp_path / "mine_of_forms.py").write_text(
        "from tests.helpers import forms\nnet = lambda: forms.Sees(forms.smaller)\n"
        "half = lambda: forms.Sees(lambda logits: {'out': logits}).half()\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    words = ["--size", "32x64", "--calls", "1", "--seconds", "0", "--out", str(tmp_path / "c.json")]
    assert main(["latency", "mine_of_forms:net", "mine_of_forms:half", *words]) == 0
    said = "mine_of_forms:net: its logits of 16x32 are resized bilinearly to 32x64"
    assert said in capsys.readouterr().out
    facts = Card.load(tmp_path / "c.json").facts
    assert list(facts["notes"]) == ["mine_of_forms:net", "mine_of_forms:half"]
    assert facts["precision"] == "fp32, fp16"
