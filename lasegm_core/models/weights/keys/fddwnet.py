"""Keys of FDDWNet."""

_ZH320 = (
    (r"\.(\d)\.conv\.", r".\1.residual."),
    (r"^layer1\.", "quarter.0."),
    (r"^layer2\.", "quarter.1."),
    (r"^layer3_7\.", "quarter.2."),
    (r"^layer8\.", "eighth.0."),
    (r"^layer9_16\.", "eighth.1."),
    (r"^layer17_24\.", "eighth.2."),
    (r"^layer25\.up_conv\.", "up_to_quarter.0."),
    (r"^layer26_27\.", "up_to_quarter.1."),
    (r"^layer28\.up_conv\.", "up_to_half.0."),
    (r"^layer29_30\.", "up_to_half.1."),
    (r"^layer31\.up_conv\.", "classifier."),
)
RULES = {"zh320/realtime-semantic-segmentation-pytorch": _ZH320}
