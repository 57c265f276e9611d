"""Keys of FPENet."""

_ZH320 = (
    (r"^stage1\.0\.", "first."),
    (r"^stage1\.1\.", "stage1."),
    (r"^stage([23])_0\.", r"down\1."),
    (r"^decoder([12])\.", r"up\1."),
    (r"^final\.", "classifier."),
    (r"\.conv_init\.", ".expand."),
    (r"\.layers\.", ".dilated."),
    (r"\.conv_last\.", ".reduce."),
    (r"\.conv_(low|high)\.", r".\1."),
    (r"\.sa\.conv\.", ".pixel_weight."),
    (r"\.ca\.1\.", ".channel_weight."),
)
RULES = {"zh320/realtime-semantic-segmentation-pytorch": _ZH320}
