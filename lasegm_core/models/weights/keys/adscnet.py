"""Keys of ADSCNet."""

_ZH320 = (
    (r"^up3\.", "up_1."),
    (r"^up1\.", "up3."),
    (r"^up_1\.", "up1."),
    (r"^conv0\.", "to_half.0."),
    (r"^conv1\.", "to_half.1."),
    (r"^conv2_4\.", "to_quarter."),
    (r"^conv5\.", "to_eighth.0."),
    (r"^ddcc\.conv_last\.", "to_eighth.1.project."),
    *((rf"^ddcc\.block{place + 1}\.", f"to_eighth.1.blocks.{place}.") for place in range(4)),
    (r"\.up_conv\.", "."),
)
RULES = {"zh320/realtime-semantic-segmentation-pytorch": _ZH320}
