"""A network that sees a white square, as ONNX graphs of the forms that people have."""

from typing import NamedTuple


class Form(NamedTuple):
    """A graph: its input, and what it gives."""

    kind: str = "FLOAT"
    sides: tuple = (32, 64)
    last: bool = False
    given: str = "logits"  # or ids
    others: bool = False  # before and behind what counts
    training: bool = False  # a BatchNorm in training mode


FORMS = {
    "plain": Form(),
    "free sides": Form(sides=("height", "width")),
    "half precision": Form("FLOAT16"),
    "bytes": Form("UINT8"),
    "channels last": Form(last=True),
    "bytes, channels last": Form("UINT8", last=True),
    "a larger size": Form(sides=(64, 128)),
    "a size that padding reaches": Form(sides=(64, 64)),
    "class ids": Form(given="ids"),
    "class ids, channels last": Form(given="ids", last=True, sides=(64, 128)),
    "several outputs": Form(others=True),
}
SAYS = {
    "bytes": "it takes bytes, 0..255",
    "channels last": "it takes its channels last",
    "a larger size": "it takes 64x128 only: frames are resized to that",
    "a size that padding reaches": "frames are padded to 64x64, multiples of 64",
    "class ids": "it gives class ids",
    "several outputs": "of its outputs logits counts; auxiliary: features, aux",
}


def write_onnx(onnx, path, form):
    """Write the graph of a form."""
    make, types = onnx.helper, onnx.TensorProto
    kind, axis = getattr(types, form.kind), 3 if form.last else 1
    shape = [1, *form.sides, 3] if form.last else [1, 3, *form.sides]
    whole = 255.0 if form.kind == "UINT8" else 1.0
    nodes = [
        make.make_node("Cast", ["frames"], ["real"], to=types.FLOAT),
        make.make_node("Div", ["real", "whole"], ["scaled"]),
        make.make_node("Slice", ["scaled", "first", "second", "axis"], ["red"]),
        make.make_node("Sub", ["red", "half"], ["square"]),
        make.make_node("Neg", ["square"], ["rest"]),
        make.make_node("Concat", ["rest", "square"], ["logits"], axis=axis),
    ]
    values = [
        *(
            make.make_tensor(name, types.INT64, [1], [value])
            for name, value in (("first", 0), ("second", 1), ("axis", axis))
        ),
        *(
            make.make_tensor(name, types.FLOAT, [1], [value])
            for name, value in (("whole", whole), ("half", 0.5))
        ),
        *(make.make_tensor(name, types.FLOAT, [2], [1.0, 1.0]) for name in ("ones", "twos")),
    ]
    given = [make.make_tensor_value_info("logits", types.FLOAT, None)]
    if form.given == "ids":
        nodes.append(make.make_node("ArgMax", ["logits"], ["ids"], axis=axis, keepdims=0))
        given = [make.make_tensor_value_info("ids", types.INT64, None)]
    if form.others:
        nodes.append(make.make_node("Flatten", ["logits"], ["features"]))
        nodes.append(make.make_node("Neg", ["logits"], ["aux"]))
        others = [make.make_tensor_value_info(of, types.FLOAT, None) for of in ("features", "aux")]
        given = [others[0], *given, others[1]]
    if form.training:
        takes = ["logits", "ones", "twos", "ones", "twos"]
        gives = ["normed", "mean", "variance"]
        nodes.append(make.make_node("BatchNormalization", takes, gives, training_mode=1))
        given = [make.make_tensor_value_info("normed", types.FLOAT, None)]
    taken = make.make_tensor_value_info("frames", kind, shape)
    graph = make.make_graph(nodes, "sees", [taken], given, values)
    opset = [make.make_opsetid("", 17)]
    onnx.save(make.make_model(graph, opset_imports=opset, ir_version=8), path)
