"""The thread that runs the network, always on the newest frame."""

import time
from collections.abc import Callable

import numpy as np
import torch

from lasegm_core.latency.timing import end_to_end
from lasegm_core.scoring.live.network import Loaded
from lasegm_core.scoring.live.session import Session
from lasegm_core.support.errors import BadInput


def work(
    session: Session, load: Callable[[np.ndarray], Loaded], threads: int | None = None
) -> None:
    """Load the network for the first frame, and predict the newest one until the session stops.

    A latency goes from a frame in host memory, uint8, to class ids in host memory. It is that of
    this machine at work: reading, drawing and the browser are on it as well.

    Args:
        session: gives the frames, takes the predictions, and an error.
        load: loads the network; takes the first frame, uint8 RGB (H, W, 3).
        threads: of a CPU; None for all cores.
    """
    try:
        torch.set_num_threads(threads or torch.get_num_threads())
        first = session.take(-1)
        if first is None:
            return
        loaded = load(first.pixels)
        session.ready(loaded.network.device, loaded.classes, loaded.notes)
        taken = -1
        while (frame := session.take(taken)) is not None:
            begin = time.perf_counter()
            ids = predict(loaded, frame.pixels)
            latency_s = time.perf_counter() - begin
            if taken < 0:
                check(loaded, ids)
            session.finish(frame, ids, latency_s)
            taken = frame.number
    except Exception as error:  # of the user's own code, whatever it is: the page ends with it
        session.stop(error)


@torch.inference_mode()
def predict(loaded: Loaded, pixels: np.ndarray) -> np.ndarray:
    """Predict a frame, uint8 RGB (H, W, 3): class ids (H, W), uint8."""
    host = torch.from_numpy(pixels).permute(2, 0, 1)[None, None]  # (1, 1, 3, H, W)
    return end_to_end(loaded.network.call, host, loaded.network.device)[0].numpy()


def check(loaded: Loaded, ids: np.ndarray) -> None:
    """Refuse class ids that are none.

    Raises:
        BadInput: names the highest.
    """
    if ids.max() >= len(loaded.classes.names):
        raise BadInput(
            f"{loaded.network.title} gives class id {ids.max()}, but the {loaded.classes.name} "
            f"table has {len(loaded.classes.names)} classes: name its own, --classes-of"
        )
