"""ToyStreet drives as its settings say, and as what can be seen says."""

import math

import numpy as np
import pytest

from lasegm_core.data.toystreet.course import Course
from lasegm_core.data.toystreet.driving import CITY, LANE, Drive, Driving, Sway, draw_drive
from lasegm_core.data.toystreet.scene import CLASS
from lasegm_core.data.toystreet.street import RED
from lasegm_core.data.toystreet.vehicles import BRAKE_LIGHT
from lasegm_core.data.toystreet.world import FRAMES, GOLDEN, INTERVAL_S, make_world

CLIPS = 400


def drives(driving: Driving) -> list[Drive | Sway]:
    """Draw the drives of a set, as the worlds do."""
    kinds = np.arange(CLIPS) * GOLDEN % 1
    return [draw_drive(driving, kind, np.random.default_rng(i)) for i, kind in enumerate(kinds)]


def test_the_shares_and_speeds_are_those_of_the_statistics():
    found = drives(CITY)
    standing = [drive.speed == 0 for drive in found]
    assert np.mean(standing) == pytest.approx(157 / 589, abs=0.01)
    moving = [drive for drive in found if drive.speed]
    assert np.mean([drive.turns for drive in moving]) == pytest.approx(0.13, abs=0.01)
    speeds = [drive.speed for drive in moving if not drive.turns]
    assert (np.mean(speeds), np.std(speeds)) == pytest.approx((7.2, 3.4), abs=0.15)
    curvatures = [abs(drive.street.curvature) for drive in moving if not drive.turns]
    assert np.quantile(curvatures, 0.75) == pytest.approx(0.0051, abs=0.001)


@pytest.mark.parametrize(
    ("changed", "kind"),
    [({"standing": 1.0}, "stands"), ({"standing": 0.0, "junctions": 1.0}, "turns")],
)
def test_each_setting_changes_what_it_names(changed, kind):
    found = drives(Driving(**changed))
    assert all(drive.turns if kind == "turns" else drive.speed == 0 for drive in found)


def test_no_spread_of_speeds_is_one_speed():
    speeds = {drive.speed for drive in drives(Driving(standing=0, junctions=0, speed_sd=0))}
    assert np.allclose(list(speeds), 7.2)


def test_a_swaying_clip_turns_to_both_sides_at_its_yaw_rate():
    (sway, *_) = drives(Driving(turning=1.0))
    heading = np.array([pose.yaw for pose in sway.poses(600, INTERVAL_S)])
    rates = np.abs(np.diff(heading)) / INTERVAL_S
    assert heading.min() < -0.3 and heading.max() > 0.3
    assert np.median(rates) == pytest.approx(sway.yaw_rate, rel=0.1)


@pytest.mark.parametrize("curvature", [1 / 8, -1 / 12])
def test_a_turn_ends_at_a_right_angle_in_its_lane(curvature):
    radius = 1 / abs(curvature)
    path = Course(10.0, radius * math.pi / 2, curvature)
    last = Drive(path, speed=20.0, crossing=10 + radius).poses(61, INTERVAL_S)[-1]
    assert last.yaw == pytest.approx(math.copysign(math.pi / 2, curvature))
    # The cross street's right lane: behind its middle for a turn to the right, before it else.
    assert last.z == pytest.approx(10 + radius - math.copysign(LANE, curvature), abs=0.01)


def test_a_bent_street_keeps_its_lengths_along_the_axis():
    axis = np.stack([np.zeros(200), np.zeros(200), np.linspace(-20, 179, 200)], -1)
    places = Course(10.0, 60.0, 0.015).places(axis.astype(np.float32))
    steps = np.linalg.norm(np.diff(places, axis=0), axis=1)
    assert np.allclose(steps, 1.0, atol=1e-3)


def test_a_brake_ends_when_the_drive_stands():
    places = [pose.z for pose in Drive(speed=3.0, acceleration=-3.0).poses(FRAMES, INTERVAL_S)]
    assert places[-1] == pytest.approx(1.5) and np.all(np.diff(places) >= 0)


def first(wanted, driving: Driving = CITY) -> int:
    """Find the first clip whose drive is wanted."""
    clips = range(60)
    return next(clip for clip in clips if wanted(make_world(0, "val", clip, driving).drive))


def lamps(clip: int, driving: Driving = CITY) -> np.ndarray:
    """List the colours of the traffic lights' faces in a clip, brightest channel first."""
    scene = make_world(0, "val", clip, driving).scene
    colors = scene.color[scene.class_id == CLASS["traffic light"]]
    return colors[colors.max(1) > 100]


def test_a_clip_that_stands_faces_a_red_light_and_one_that_drives_on_a_green_one():
    stands = first(lambda drive: drive.speed == 0)
    drives_on = first(lambda drive: drive.speed and drive.crossing and not drive.turns)
    red, green = lamps(stands), lamps(drives_on)
    assert RED == 2
    # Those of the cross street show the other colour, and there are more lights along the street.
    assert (red[:, 0] > red[:, 1]).mean() > 0.5 > (green[:, 0] > green[:, 1]).mean()


def test_who_waits_at_a_light_has_the_brake_lights_on():
    scene = make_world(
        0, "val", first(lambda drive: drive.speed == 0 and drive.crossing > 24)
    ).scene
    cars = scene.color[np.isin(scene.class_id, [CLASS["car"], CLASS["truck"], CLASS["bus"]])]
    ratios = cars[:, 1:] / cars[:, :1]  # shading keeps them
    lit = np.array(BRAKE_LIGHT[1:]) / BRAKE_LIGHT[0]
    assert np.any(np.abs(ratios - lit).max(1) < 0.01)


def test_without_cues_a_clip_shows_what_another_one_would():
    blind = Driving(cues=False)
    pairs = [make_world(0, "val", clip, blind).drive for clip in range(20)]
    shown = [make_world(0, "val", clip).drive for clip in range(20)]
    assert pairs == shown  # the drives are the same
    faces = [
        [len(make_world(0, "val", clip, of).scene.points) for clip in range(6)]
        for of in (blind, CITY)
    ]
    assert faces[0] != faces[1]
