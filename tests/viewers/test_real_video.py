"""Published networks on real video in the viewers, beside the runs that are trained."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import torch

from lasegm_core import viewers
from lasegm_core.data.clips import read_image
from lasegm_core.metric.confusion import mean_iou
from lasegm_core.metric.offsets import frame_offset
from lasegm_core.support.errors import BadInput
from lasegm_core.viewers import real_video
from lasegm_core.viewers.encoding import decoded
from lasegm_core.viewers.views.explorer import Explorer, Offer
from tests import ROOT
from tests.helpers import browser
from tests.helpers.random_weights import make_place

FIGURES = ROOT / "figures"


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    return make_place(tmp_path_factory.mktemp("published"))


@pytest.fixture(scope="module")
def real(place):
    return real_video.load(place, FIGURES)


def test_every_network_of_the_committed_table_is_there_but_those_that_know_the_camera(real):
    names = [of.title for of in real.runs]
    assert len(names) == len(set(names)) == 20 and not any("camvid" in name for name in names)
    instant = [mean_iou(of.counts.at(0).sum(0)) for of in real.runs]
    assert instant == sorted(instant, reverse=True)
    assert {of.run.network for of in real.runs if of.trained} == {"espnet_v2_s05", "espnet_q3"}
    for card in real.cards.values():
        assert {of.run.network for of in real.runs} <= card.latency_s.keys()


def test_the_lens_shows_what_the_network_predicts_from_the_frame_that_is_late(real, place):
    lens = viewers.lens(real, frame=12, first="espnet_q3-i1-k0-s0", second="")
    (picture,) = (picture for picture in lens.pictures if picture.ids)
    source = int(picture.title.rpartition("prediction from ")[2])
    of = next(of for of in real.runs if of.run.network == "espnet_q3")
    card = real.cards[lens.state["hardware"]]
    assert 12 - source == frame_offset(card.of("espnet_q3"), real.clip_frames.interval_s) > 0
    network = of.candidate.build(real.clip_frames.classes, place).eval()
    image = read_image(real.clip_frames.path(lens.clip_name, source))
    with torch.inference_mode():
        ids = network(image[None, None] / 255)[0].argmax(0).numpy()
    np.testing.assert_array_equal(decoded(picture.ids), ids)
    assert len(np.unique(ids)) > 1


def test_a_network_without_weights_is_grey_and_says_who_fetches_them(real):
    reasons = {of["key"]: of["reason"] for of in viewers.lens(real).chosen[0].options}
    assert "make reproduce-real-video fetches them" in reasons["cfpnet-i1-k0-s0"]
    assert not reasons["espnet_q3-i1-k0-s0"]


def test_what_if_ranks_them_as_the_committed_table_does(real):
    told = pd.read_csv(FIGURES / "real-video" / "real_video_15hz.csv").set_index("network")
    viewer = viewers.what_if(real, fps=15)
    assert len(viewer.ranking) == 20
    for row in viewer.ranking.itertuples():
        listed = told.loc[row.name.partition(", input")[0]]
        assert row.miou == pytest.approx(listed["lamiou"], abs=1e-6)
        assert row.latency_ms == pytest.approx(listed["latency_ms"], rel=1e-5)


def test_it_is_chosen_beside_the_runs_trained_here_and_stands_in_the_address(content, real):
    explorer = Explorer(content, "overlay")
    explorer.offer(
        {"trained": Offer("here", lambda: content), "published": Offer("p", lambda: real)}
    )
    assert "data=" not in explorer.address.query
    explorer.data.value = "published"
    assert explorer.note.value.startswith("Published weights on one clip of real video")
    assert explorer.address.query.startswith("data=published&view=overlay")
    kept = explorer.address.query
    explorer.data.value = "trained"
    assert explorer.viewers["overlay"].clip_frames is content.clip_frames
    explorer.address.opened = kept
    assert explorer.viewers["overlay"].clip_frames is real.clip_frames
    assert explorer.address.query == kept


def test_an_address_of_what_is_not_here_says_why(content):
    explorer = Explorer(content, "overlay")
    offers = {"trained": Offer("here", lambda: content)}
    explorer.offer(offers | {"published": Offer("real video", lambda: content, "it is not here")})
    explorer.address.opened = "data=published&view=overlay&frame=2"
    assert "real video cannot be shown: it is not here" in explorer.fault.value
    assert explorer.viewers["overlay"].frame.value == 2 and explorer.content is content


def test_what_cannot_be_read_leaves_what_is_shown(content):
    def fails():
        raise BadInput("camvid is damaged")

    explorer = Explorer(content, "overlay")
    explorer.offer({"trained": Offer("here", lambda: content), "published": Offer("p", fails)})
    explorer.data.value = "published"
    assert "camvid is damaged" in explorer.fault.value and explorer.content is content
    explorer.data.value = "trained"
    assert not explorer.fault.value


def test_without_camvid_or_results_the_choice_is_grey_with_the_reason(place, tmp_path):
    assert real_video.lacking(place, FIGURES) == ""
    nowhere = replace(place, data_root=None)
    assert "make reproduce-real-video fetches it" in real_video.lacking(nowhere, FIGURES)
    assert "clone it" in real_video.lacking(place, None) == real_video.lacking(place, tmp_path)
    with pytest.raises(BadInput, match="cannot be shown: CamVid is not here"):
        real_video.load(nowhere, FIGURES)


def test_they_are_timed_here_on_their_own_frames_and_no_other(real, place):
    with pytest.raises(BadInput, match="take the frames of CamVid, 32x48"):
        real.time_here("720x1280")
    card = real.time_here("")
    assert card.latency_s.keys() == {"espnet_v2_s05", "espnet_q3"} and card.facts["size"] == "32x48"
    assert not list(place.build.rglob("cards*"))
    with pytest.raises(BadInput, match="make reproduce-real-video fetches them"):
        real_video.load(replace(place, cache=place.build), FIGURES).time_here("")


@pytest.mark.skipif(not browser.CHROMIUM, reason="no chromium: apt-get install chromium")
def test_on_the_page_they_are_a_click_away(place, new_page):
    more = ("--dataset", "camvid", "--data", place.data_root)
    with browser.explorer("laptop", place.build, place.cache, more=more) as url:
        page = new_page()
        browser.open_view(page, url, "overlay", frame=12)
        page.get_by_role("button", name=real_video.TITLE).click()
        page.wait_for_url("**data=published**")
        page.get_by_text("Published weights on one clip").wait_for()
        again = new_page()
        browser.open_view(again, url, "lens", data="published", frame=12)
        again.locator(".lasegm-title").filter(has_text="ESPNet, q = 3").wait_for()
        assert again.get_by_role("button", name=real_video.TITLE).get_attribute("aria-pressed")
        assert not page.faults and not again.faults
