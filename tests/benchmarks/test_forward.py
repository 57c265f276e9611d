"""One prediction of our networks against those of other libraries, in turn."""

from functools import partial
from statistics import median

import segmentation_models_pytorch as smp
import torch
from torchvision.models import segmentation

from lasegm_core import models
from lasegm_core.latency.timing import time_in_turn

SIZE, CLASSES, ROUNDS = (512, 1024), 19, 5


def ours(name):
    network = models.build(name, classes=CLASSES).eval().to(memory_format=torch.channels_last)
    return partial(network, torch.rand(1, 1, 3, *SIZE))


def theirs(network):
    return partial(network.eval(), torch.rand(1, 3, *SIZE))


def deeplab(backbone):
    return smp.DeepLabV3Plus(backbone, encoder_weights=None, classes=CLASSES)


@torch.inference_mode()
def test_a_prediction_against_other_libraries(compare):
    own = ("swiftnet_r18", "deeplab_mn", "deeplab_r101")
    plain = {"weights": None, "weights_backbone": None, "num_classes": CLASSES}
    others = {
        "smp's DeepLabV3+ MobileNetV2": deeplab("mobilenet_v2"),
        "smp's DeepLabV3+ ResNet-101": deeplab("resnet101"),
        "torchvision's DeepLabV3 MobileNetV3": segmentation.deeplabv3_mobilenet_v3_large(**plain),
        "torchvision's DeepLabV3 ResNet-101": segmentation.deeplabv3_resnet101(**plain),
    }
    calls = {name: ours(name) for name in own} | {name: theirs(of) for name, of in others.items()}
    took = {name: 1000 * median(of) for name, of in time_in_turn(calls, ROUNDS).items()}
    for name in own:
        alike = {"deeplab_mn": "Mobile", "deeplab_r101": "ResNet"}.get(name, "DeepLab")
        for other in others:
            if alike in other:
                what = f"forward, {models.entry(name).title}, {SIZE[0]}x{SIZE[1]}"
                compare(what, took[name], other, took[other])
