"""Whatever a file, a name or a number holds: it is read, or refused in one line."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lasegm_core.data.index import camvid, cityscapes, folder
from lasegm_core.latency.cards import Card
from lasegm_core.metric.offsets import frame_interval, frame_offset
from lasegm_core.models.registry import entry
from lasegm_core.support.errors import BadInput

ANY = settings(max_examples=200, deadline=None, derandomize=True, database=None)
# Without the ends of lines: who puts one into a file's name reads two.
TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), max_size=40)
YAMLISH = st.one_of(
    TEXT,
    st.text("[]{}:,-#&*!|>'\"%@` \n0aeE.~<=?\t", max_size=60),
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | TEXT,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
        max_leaves=6,
    ).map(json.dumps),
)


@pytest.fixture(scope="module")
def scratch(tmp_path_factory):
    return tmp_path_factory.mktemp("scratch")


@pytest.fixture(scope="module")
def stamps(tmp_path_factory):
    return tmp_path_factory.mktemp("stamps")


def result_or_bad_input(call, *arguments):
    """Call; anything raised but BadInput in one line fails the test."""
    try:
        return call(*arguments)
    except BadInput as error:
        assert len(str(error).splitlines()) == 1, str(error)
    return None


@ANY
@given(TEXT, st.sampled_from(["", "town_000001_", "a_1_"]))
def test_any_file_name_is_read_or_refused(text, start):
    found = result_or_bad_input(cityscapes.split_stem, start + text)
    assert found is None or found[1] >= 0


@ANY
@given(st.one_of(TEXT, st.text("0123456789eE./-+_ ", max_size=12), st.floats(), st.integers()))
def test_any_time_and_rate_is_read_or_refused(value):
    for call in (frame_interval, lambda time: frame_offset(time, "0.06")):
        found = result_or_bad_input(call, value)
        assert found is None or found >= 0


@ANY
@given(st.binary(max_size=24), st.binary(max_size=24))
def test_any_time_stamp_is_read_or_refused(stamps, before, after):
    (stamps / "a_1_000000_timestamp.txt").write_bytes(before)
    (stamps / "a_1_000001_timestamp.txt").write_bytes(after)
    found = result_or_bad_input(cityscapes._interval_s, stamps, ["a_1_000000", "a_1_000001"])
    assert found is None or found > 0


@ANY
@given(YAMLISH)
def test_any_yaml_file_is_read_or_refused(scratch, text):
    path = scratch / "video.yaml"
    path.write_text(text, encoding="utf-8")
    result_or_bad_input(folder.frames, path, "val")


VALUES = st.one_of(
    YAMLISH, st.sampled_from(["{clip}/{frame}.png", "../{clip}_{frame}", "30", "[a]", "cityscapes"])
)


@ANY
@given(st.dictionaries(st.sampled_from(["frames", "labels", "fps", "splits", "classes"]), VALUES))
def test_any_value_in_a_yaml_file_is_read_or_refused(scratch, values):
    path = scratch / "video.yaml"
    path.write_text("\n".join(f"{key}: {value}" for key, value in values.items()), encoding="utf-8")
    result_or_bad_input(folder.frames, path, "val")


@ANY
@given(YAMLISH)
def test_any_architecture_is_read_or_refused(scratch, text):
    path = scratch / "found.yaml"
    path.write_text(text, encoding="utf-8")
    result_or_bad_input(entry, str(path))


@ANY
@given(
    st.dictionaries(
        st.sampled_from(["hardware", "device", "kind", "latency_s", "facts", "samples_s", "x"]),
        st.recursive(
            st.none() | st.floats() | TEXT,
            lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
            max_leaves=4,
        ),
    )
)
def test_any_card_is_read_or_refused(scratch, content):
    path = scratch / "mine.json"
    path.write_text(json.dumps(content), encoding="utf-8")
    found = result_or_bad_input(Card.load, path)
    assert found is None or all(found.of(name) > 0 for name in found.latency_s)


@ANY
@given(TEXT, st.sampled_from(["", "clip,frame,split,step,image,label\n"]))
def test_any_manifest_is_read_or_refused(scratch, text, head):
    (scratch / "manifest.csv").write_text(head + text, encoding="utf-8")
    result_or_bad_input(camvid.frames, scratch, "val")
