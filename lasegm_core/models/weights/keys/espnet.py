"""Keys of ESPNet."""

from lasegm_core.models.networks.espnet import DILATIONS

_AUTHORS = (
    (r"^encoder\.level(\d)_0\.", r"level\1.down."),
    (r"^encoder\.level([23])\.(\d)\.", r"level\1.blocks.\2."),
    (r"^encoder\.level1\.", "level1."),
    (r"^encoder\.b(\d)\.", r"norm\1."),
    (r"^encoder\.classifier\.conv\.", "up3.0."),
    (r"^br\.", "up3.1."),
    (r"^up_l3\.0\.", "up3.2."),
    (r"^level3_C\.conv\.", "skip2."),
    (r"^combine_l2_l3\.", "blend2."),
    (r"^up_l2\.", "up2."),
    (r"^conv\.", "blend1."),
    (r"^(level1|blend1)\.conv\.", r"\1.0."),
    (r"^(level1|blend1)\.bn\.", r"\1.1."),
    (r"^(level1|blend1)\.act\.", r"\1.2."),
    (r"\.c1\.conv\.", ".reduce."),
    *((rf"\.d{d}\.conv\.", f".dilated.{place}.") for place, d in enumerate(DILATIONS)),
    (r"^(norm\d|blend2\.0|up2\.1)\.bn\.", r"\1.0."),
    (r"^(norm\d|blend2\.0|up2\.1)\.act\.", r"\1.1."),
    (r"\.bn\.bn\.", ".norm.0."),
    (r"\.bn\.act\.", ".norm.1."),
    (r"\.down\.bn\.", ".down.norm.0."),
    (r"\.down\.act\.", ".down.norm.1."),
)
RULES = {"sacmehta/ESPNet": _AUTHORS}
