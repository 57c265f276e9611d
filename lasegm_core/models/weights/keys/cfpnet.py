"""Keys of CFPNet."""

_ZH320 = (
    (r"^conv_init\.", "stages.0."),
    (r"^downsample([12])\.conv\.", r"stages.\1.down."),
    (r"^cfp([12])\.", r"stages.\1.pyramids."),
    (r"^seg_head\.", "classifier."),
    (r"\.conv_init\.", ".project."),
    (r"\.conv_last\.", ".blend."),
    (r"\.layers\.", ".channels."),
    *((rf"\.block{place + 1}\.", f".convs.{place}.") for place in range(3)),
    (r"\.activation\.weight$", ".weight"),
)
RULES = {"zh320/realtime-semantic-segmentation-pytorch": _ZH320}
