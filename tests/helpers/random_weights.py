"""Files like those of published weights, of random numbers, and a small folder like CamVid."""

import torch
from safetensors.torch import save_file
from torch import nn

from lasegm_core.data.sources import find_place
from lasegm_core.models.registry import make
from lasegm_core.models.weights.listed import find
from tests.helpers.camvid_folder import write_camvid

TITLES = ("espnet_v2_s05@cityscapes", "espnet_q3@cityscapes")


def make_place(root):
    """Write CamVid's folder and the weights of `TITLES`, and find the place of both."""
    write_weights(TITLES, root / "cache" / "weights")
    data = write_camvid(root / "camvid", (32, 48))
    return find_place("camvid", root / "build", root / "cache", data)


def write_weights(titles, folder):
    """Write the weights of networks (`network@data_set`) as they are kept once they are fetched."""
    folder.mkdir(parents=True)
    torch.manual_seed(0)
    for title in titles:
        network = seeing(make(find(title).network, 1, find(title).outputs))
        save_file(network.state_dict(), folder / find(title).file)


def seeing(network):
    """Take BatchNorm's statistics from noise, so that class ids depend on the image."""
    for part in network.modules():
        if isinstance(part, nn.BatchNorm2d):
            part.momentum = None  # the mean of all batches
    with torch.no_grad():
        network.train()(torch.rand(8, 1, 3, 64, 96))
    return network
