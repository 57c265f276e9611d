"""Keys of MiniNetV2."""

_ZH320 = (
    (r"^d1_2\.", "encoder.0."),
    (r"^m1_10\.", "encoder.1."),
    (r"^d3\.", "encoder.2."),
    (r"^feature_extractor\.", "encoder.3."),
    (r"^ref\.", "refinement."),
    (r"^up1\.up_conv\.", "up."),
    (r"^m26_29\.", "decoder.0."),
    (r"^output\.up_conv\.", "decoder.1."),
    (r"\.dw_conv\.", ".depth_wise."),
    (r"\.ddw_conv\.", ".dilated."),
    (r"\.pw_conv\.", ".point_wise."),
)
RULES = {"zh320/realtime-semantic-segmentation-pytorch": _ZH320}
