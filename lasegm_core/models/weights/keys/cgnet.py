"""Keys of CGNet."""

_ZH320 = (
    (r"\.activation\.", "."),
    (r"^stage1\.conv0\.", "first."),
    (r"^stage1\.conv1\.", "stage1.0."),
    (r"^stage1\.conv2\.", "stage1.1."),
    (r"^(stage[23])_down\.", r"\1.down."),
    (r"^(stage[23])\.(\d)", r"\1.blocks.\2"),
    (r"\.conv\.", ".reduce."),
    (r"\.loc\.", ".local."),
    (r"\.sur\.", ".surrounding."),
    (r"\.joi\.", ".norm."),
    (r"\.glo\.", ".gate."),
    (r"^seg_head\.", "classifier."),
)
RULES = {"zh320/realtime-semantic-segmentation-pytorch": _ZH320}
