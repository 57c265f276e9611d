"""Movies read back: RGB frames, and how long each is shown."""

import cv2
import numpy as np
from PIL import Image


def read_movie(path):
    """Read the frames (n, H, W, 3) of a movie and its length in ms."""
    if path.suffix == ".mp4":
        return _by_opencv(path)
    with Image.open(path) as movie:
        frames, length_ms = [], 0
        for number in range(movie.n_frames):
            movie.seek(number)
            frames.append(np.array(movie.convert("RGB")))
            length_ms += movie.info["duration"]
        return np.stack(frames), length_ms


def _by_opencv(path):
    movie, frames = cv2.VideoCapture(str(path)), []
    fps = movie.get(cv2.CAP_PROP_FPS)
    while (read := movie.read())[0]:
        frames.append(cv2.cvtColor(read[1], cv2.COLOR_BGR2RGB))
    movie.release()
    return np.stack(frames), 1000 * len(frames) / fps
