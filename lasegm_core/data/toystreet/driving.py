"""How the clips drive: settings by the statistics of city driving, and their draws."""

from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from lasegm_core.data.toystreet.camera import Pose
from lasegm_core.data.toystreet.course import STRAIGHT, Course, distance

LANE = 1.7  # metres right of the middle of the road
CLIP_S = 1.8  # 30 frames of 60 ms
SLOWEST, FASTEST = 1.0, 15.7  # m/s, of clips that move; the fastest of the cycle below
TURN_SPEED, TURN_SPEED_SD = 5.5, 1.0  # m/s
RIGHT_M, LEFT_M = 9.0, 13.0  # radius of a turn at a junction
ACCELERATION = 0.59  # m/s², standard deviation of the cycle below while it moves
BEND = 0.0045  # 1/m, standard deviation of the curvature of streets
SHARPEST, FLATTEST = 1 / 45, 1 / 500  # 1/m; streets that bend more than that have no crossings
BOUNCE = 0.004  # rad, standard deviation of the pitch at 8 m/s
SPRINGS = 14.0  # rad/s, of the bounce; by the decay of copied labels, as nothing else is known


@dataclass(frozen=True)
class Driving:
    """How the clips of a set drive; the defaults are those of a city.

    Standing, speeds and accelerations are those of the low phase of the WLTC for class 3 (UN GTR
    No. 15), which was made of real driving: 157 of 589 s below 1 km/h; else 7.2 m/s, standard
    deviation 3.5; 0.59 m/s². Turns, bends and pitch are those of the poses of KITTI's odometry
    sequences 00 to 10 without the motorway (01), 38 minutes in and around Karlsruhe: 13 % of the
    time they turn by more than 0.25 rad/s, at 5.5 m/s and a radius of 12 m in the median; else 3 in
    4 curvatures are below 0.0051 1/m; the pitch has a standard deviation of 0.004 rad about its
    mean over a second.

    Attributes:
        standing: share of clips that wait at a red light.
        junctions: share of the moving clips that turn at a junction.
        speed: mean speed of the other moving clips, m/s.
        speed_sd: standard deviation of it.
        turning: share of clips whose heading sways at a random phase, so that no single frame tells
            which way the camera turns. Nobody drives so.
        cues: what can be seen tells of the speed: distance and brakes of the vehicle ahead, lights,
            other traffic. Without them these are those of another clip.
    """

    standing: float = 0.265
    junctions: float = 0.13
    speed: float = 7.2
    speed_sd: float = 3.5
    turning: float = 0.0
    cues: bool = True


CITY = Driving()


@dataclass(frozen=True)
class Drive:
    """A drive along a course; it keeps its lane.

    Attributes:
        path: course of the camera.
        street: course of the street, which it leaves at a junction.
        speed: m/s at the first frame.
        acceleration: m/s²; the drive never goes backwards.
        crossing: metres along the street of a crossing that it waits at, turns at, or passes.
        bias: heading beside that of the path, radians.
        bounce: amplitude of pitch and roll, radians.
        phase: of the bounce, radians.
    """

    path: Course = STRAIGHT
    street: Course = STRAIGHT
    speed: float = 0.0
    acceleration: float = 0.0
    crossing: float | None = None
    bias: float = 0.0
    bounce: float = 0.0
    phase: float = 0.0

    @property
    def turns(self) -> bool:
        """Tell whether it leaves the street."""
        return self.path != self.street

    def poses(self, frames: int, interval_s: float) -> list[Pose]:
        """Follow the drive: the pose at each frame."""
        times = np.arange(frames) * interval_s
        along = distance(self.speed, self.acceleration, times)
        lane = np.stack([np.full(frames, LANE), np.zeros(frames), along], -1)
        place = self.path.places(lane)
        yaw = self.path.heading(along) + self.bias
        pitch, roll = bounces(self.bounce, self.phase, times)
        values = np.stack([place[:, 0], place[:, 2], yaw, pitch, roll], 1)
        return [Pose(*row) for row in values.tolist()]


@dataclass(frozen=True)
class Sway:
    """A drive that sways across a straight street at a nearly constant yaw rate.

    Attributes:
        speed: m/s.
        yaw_rate: magnitude between the bounds, rad/s.
        phase: where in its period the heading starts, radians.
        x: mean place, metres right of the middle of the road.
        bounce: amplitude of pitch and roll, radians.
    """

    speed: float
    yaw_rate: float
    phase: float
    x: float
    bounce: float

    street, crossing, acceleration, turns = STRAIGHT, None, 0.0, False
    BOUND = 0.42  # of the heading to either side, radians

    def poses(self, frames: int, interval_s: float) -> list[Pose]:
        """Follow the drive: the pose at each frame.

        The heading is a rounded triangle wave: at a random phase it says nothing about the sign of
        the yaw rate.
        """
        times = np.arange(frames) * interval_s
        turn = self.phase + (np.pi / 2) * self.yaw_rate / self.BOUND * times
        heading = self.BOUND * (2 / np.pi) * np.arcsin(0.98 * np.sin(turn))
        step = self.speed * interval_s
        drift = step * np.cumsum(np.sin(heading))
        x = self.x + drift - drift.mean()  # it keeps to its lane
        z = step * np.concatenate([[0], np.cumsum(np.cos(heading))[:-1]])
        pitch, roll = bounces(self.bounce, self.phase, times)
        return [Pose(*row) for row in np.stack([x, z, heading, pitch, roll], 1).tolist()]


def bounces(amplitude: float, phase: float, time_s: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Find pitch and roll of the camera on its springs, radians."""
    pitch, roll = np.sin(SPRINGS * time_s + phase), np.sin(0.7 * SPRINGS * time_s + 2 * phase)
    return amplitude * pitch, amplitude * roll


def draw_drive(driving: Driving, kind: float, rng: np.random.Generator) -> Drive | Sway:
    """Choose how the camera drives.

    Args:
        driving: the settings of the set.
        kind: in 0..1, evenly spread over the clips; decides the kind of drive and its speed.
        rng: of the clip.
    """
    phase, bias = rng.uniform(0, 2 * np.pi), rng.normal(0, 0.02)
    bounce = abs(rng.normal(0, BOUNCE * np.sqrt(2)))
    if kind < driving.turning:
        rate = 0.28 * (1 + kind / driving.turning)
        return Sway(rng.uniform(1, 5), rate, phase, rng.uniform(0.6, 2.6), bounce / 4)
    kind = (kind - driving.turning) / (1 - driving.turning)
    if kind < driving.standing:
        waiting = rng.integers(0, 3)  # vehicles before the camera
        return Drive(crossing=rng.uniform(9.5, 12) + 7.5 * waiting, bias=bias, phase=phase)
    kind = (kind - driving.standing) / (1 - driving.standing)
    if kind < driving.junctions:
        return _turn(rng, bias, bounce, phase)
    kind = (kind - driving.junctions) / (1 - driving.junctions)
    return _follow(driving, kind, rng, bias, bounce, phase)


def _turn(rng: np.random.Generator, bias: float, bounce: float, phase: float) -> Drive:
    """Turn at a junction: the clip begins shortly before the turn, or within it."""
    side = rng.choice([-1, 1])
    radius = RIGHT_M if side > 0 else LEFT_M
    arc, speed = radius * np.pi / 2, float(np.clip(rng.normal(TURN_SPEED, TURN_SPEED_SD), 3, 8))
    start = rng.uniform(-0.6 * arc, 0.8 * speed)
    path = Course(start, arc, side / radius)
    return Drive(path, STRAIGHT, speed, 0.0, start + radius, bias, bounce * speed / 8, phase)


def _follow(driving: Driving, kind: float, rng, bias: float, bounce: float, phase: float) -> Drive:
    """Follow the street, which may bend, at a speed that may change."""
    wanted = NormalDist(driving.speed, driving.speed_sd or 1e-9).inv_cdf(0.001 + 0.998 * kind)
    speed = float(np.clip(wanted, SLOWEST, FASTEST))
    acceleration = max(rng.normal(0, ACCELERATION), -(speed - 0.5) / CLIP_S)
    curvature = float(np.clip(rng.normal(0, BEND), -SHARPEST, SHARPEST))
    length = min(120.0, 1.2 / abs(curvature))
    street = Course(rng.uniform(-40, 10), length, curvature)
    bends = abs(curvature) > FLATTEST
    crossing = None if bends or rng.random() < 0.4 else rng.uniform(14, 60)
    return Drive(street, street, speed, acceleration, crossing, bias, bounce * speed / 8, phase)
