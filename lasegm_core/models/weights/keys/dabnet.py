"""Keys of DABNet: Paddle's names become pytorchcv's."""

_PADDLE = (
    (r"\._mean$", ".running_mean"),
    (r"\._variance$", ".running_var"),
    (r"\.acti\._weight$", ".activ.weight"),
    *((rf"^init_conv\.{place}\.", f"init_block.conv{place + 1}.") for place in range(3)),
    (r"^bn_prelu_(\d)\.", r"stage\1.norm_activ."),
    *((rf"^downsample_{place}\.", f"stage{place + 1}.unit.down.") for place in (1, 2)),
    (r"\.down\.conv3x3\.conv\.", ".down.conv."),
    (r"\.down\.bn_prelu\.", ".down.norm_activ."),
    *((rf"^DAB_Block_{place}\.", f"stage{place + 1}.unit.blocks.") for place in (1, 2)),
    *((rf"\.DAB_Module_\d_{place}\.", f".block{place + 1}.") for place in range(6)),
    (r"\.bn_prelu\.", "."),
    (r"\.bn_relu_(\d)\.", r".norm_activ\1."),
    (r"\.conv3x3\.", ".conv1."),
    (r"\.conv1x1\.conv\.", ".conv2."),
    (r"\.dconv3x1\.", ".branches.branches1.conv1."),
    (r"\.dconv1x3\.", ".branches.branches1.conv2."),
    (r"\.ddconv3x1\.", ".branches.branches2.conv1."),
    (r"\.ddconv1x3\.", ".branches.branches2.conv2."),
    (r"^(init_block|stage\d)\.", r"features.\1."),
    (r"^classifier\.0\.conv\.", "classifier."),
    (r"^", "network."),
)
RULES = {"WenmuZhou/DABNet_Paddle": _PADDLE}
