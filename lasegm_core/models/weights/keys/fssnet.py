"""Keys of FSSNet."""

_ZH320 = (
    (r"^init_block\.conv\.", "first."),
    (r"^factorized\.", "factorised."),
    (r"^bottleneck(\d)\.", r"blocks\1."),
    (r"^full_conv\.", "classifier."),
    (r"^up(\d)\.conv\.", r"up\1.shortcut."),
    (r"^down(\d)\.pool\.", r"down\1.shortcut."),
    (r"\.(de)?conv\.", ".residual."),
    (r"\.up_conv\.", "."),
    (r"\.activation\.", "."),
    (r"\.act\.", ".activation."),
)
RULES = {"zh320/realtime-semantic-segmentation-pytorch": _ZH320}
