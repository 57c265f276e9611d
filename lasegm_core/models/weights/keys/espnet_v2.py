"""Keys of ESPNetV2."""

# N is the number of a level, M that of a decoder, P the place of both here.
_LEVEL = (
    (r"^base_net\.levelN_0\.eesp\.", "downs.P.pyramid."),
    (r"^base_net\.levelN_0\.inp_reinf\.1\.conv\.", "downs.P.reinforce.1."),
    (r"^base_net\.levelN_0\.inp_reinf\.1\.bn\.", "downs.P.reinforce.2."),
    (r"^base_net\.levelN_0\.inp_reinf\.", "downs.P.reinforce."),
    (r"^base_net\.levelN_0\.act\.", "downs.P.activation."),
    (r"^base_net\.levelN\.(\d)\.module_act\.", r"blocks.P.\1.activation."),
    (r"^base_net\.levelN\.(\d)\.", r"blocks.P.\1.pyramid."),
    (r"^bu_dec_lM\.merge_layer\.3\.", "ups.P.pool.1."),
    (r"^bu_dec_lM\.br\.br\.", "ups.P.pool.2."),
    (r"^bu_dec_lM\.", "ups.P.pool.0."),
    (r"^bu_br_lN\.", "ups.P.norm."),
    (r"^merge_enc_dec_lN\.expansion_layer\.", "ups.P.skip.conv."),
    (r"^merge_enc_dec_lN\.wt_layer\.", "ups.P.skip.gate."),
)
_AUTHORS = (
    (r"^base_net\.level._0\.eesp\.module_act\..*", ""),
    (r"^base_net\.level1\.", "first."),
    (r"^bu_dec_l4\.merge_layer\.3\.", "classifier."),
    (r"^bu_dec_l4\.", "last_pool."),
    *(
        (key.replace("N", str(place + 2)).replace("M", str(place + 1)), to.replace("P", str(place)))
        for place in range(3)
        for key, to in _LEVEL
    ),
    (r"\.proj_1x1\.", ".reduce."),
    (r"\.spp_dw\.(\d)\.conv\.", r".dilated.\1."),
    (r"\.br_after_cat\.", ".norm."),
    (r"\.conv_1x1_exp\.", ".expand."),
    (r"\.projection_layer\.", ".project."),
    (r"\.stages\.", ".scaled."),
    (r"\.merge_layer\.", ".blend."),
    (r"\.c?br\.(\d)\.", r".\1."),
    (r"(^first|\.reduce|\.reinforce\.0|\.expand)\.conv\.", r"\1.0."),
    (r"(^first|\.reduce|\.reinforce\.0|\.expand)\.bn\.", r"\1.1."),
    (r"(^first|\.reduce|\.reinforce\.0)\.act\.", r"\1.2."),
    (r"\.norm\.bn\.", ".norm.0."),
    (r"\.norm\.act\.", ".norm.1."),
)
RULES = {"sacmehta/EdgeNets": _AUTHORS}
