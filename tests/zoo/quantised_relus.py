"""quantised_relus.py TOOLS: makes quantised_relus.onnx, .json and .safetensors beside it.

A small CNN as onnxruntime's quantize_static leaves it: QDQ, 8-bit activations from 0 on, and no Relu any more. What they cut
off is cut off by the saturation of QuantizeLinear, so that who drops the Q -> DQ pairs drops the ReLUs too.

TOOLS is the folder of interp.py and golden.py, the float64 reference of the other goldens here: QuantizeLinear is
differentiated straight through, and is 0 where it saturates. Needs numpy, onnx, onnxruntime, safetensors and torch.
"""
import os
import sys
import tempfile

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_static

HERE = os.path.dirname(os.path.abspath(__file__))
NAME = os.path.splitext(os.path.basename(__file__))[0]
SHAPE = [1, 3, 24, 24]
# Of each convolution: channels, stride.
CONVOLUTIONS = [(8, 2), (12, 1), (16, 2), (16, 1)]
CLASSES = 5
# How far, in steps, each value stays from where it would be rounded the other way: ten times f32's error, so that every
# executor rounds alike.
MARGIN = 2e-4


def network(seed):
    """The CNN before it is quantised."""
    random = np.random.default_rng(seed)
    nodes, weights, value, channels = [], [], "image", SHAPE[1]

    def weight(name, array):
        weights.append(numpy_helper.from_array(array.astype(np.float32), name))
        return name

    for index, (outputs, stride) in enumerate(CONVOLUTIONS, 1):
        deviation = np.sqrt(2 / (9 * channels))
        inputs = [value, weight(f"conv{index}.weight", random.normal(0, deviation, (outputs, channels, 3, 3))),
                  weight(f"conv{index}.bias", random.normal(0, 0.1, outputs))]
        nodes.append(helper.make_node("Conv", inputs, [f"conv{index}"], pads=[1] * 4, strides=[stride] * 2))
        nodes.append(helper.make_node("Relu", [f"conv{index}"], [f"relu{index}"]))
        value, channels = f"relu{index}", outputs
    nodes.append(helper.make_node("GlobalAveragePool", [value], ["pooled"]))
    nodes.append(helper.make_node("Flatten", ["pooled"], ["flat"]))
    inputs = ["flat", weight("linear.weight", random.normal(0, 1, (CLASSES, channels))),
              weight("linear.bias", random.normal(0, 0.1, CLASSES))]
    nodes.append(helper.make_node("Gemm", inputs, ["logits"], transB=1))
    tensor = lambda name, shape: helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)
    graph = helper.make_graph(nodes, NAME, [tensor("image", SHAPE)], [tensor("logits", [1, CLASSES])], weights)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)


class Pictures(CalibrationDataReader):
    """Fainter than the probe, so that its highest values saturate too."""

    def __init__(self, probe, seed):
        faint = np.float32(np.random.default_rng(seed).uniform(0.7, 0.9)) * probe
        self.left = [faint, -faint, faint[:, :, ::-1], faint[:, ::-1]]

    def get_next(self):
        return {"image": np.ascontiguousarray(self.left.pop())} if self.left else None


def quantised(probe, seed):
    with tempfile.TemporaryDirectory() as folder:
        before, after = os.path.join(folder, "before.onnx"), os.path.join(folder, "after.onnx")
        onnx.save(network(seed), before)
        quantize_static(before, after, Pictures(probe, seed), quant_format=QuantFormat.QDQ,
                        activation_type=QuantType.QUInt8, weight_type=QuantType.QInt8)
        return onnx.load(after)


def saturation(session):
    """For each QuantizeLinear how many values it cuts off below and above, and the least distance from a tie."""
    found, margin = {}, 1.0
    for node in session.G.nodes:
        if node.op_type == "QuantizeLinear":
            x, scale, zero = (session.v[name].double() for name in node.input)
            steps = x / scale
            margin = min(margin, float((steps - steps.floor() - 0.5).abs().min()))
            found[node.input[0]] = (int((steps + zero < -0.5).sum()), int((steps + zero > 255.5).sum()), x.numel())
    return found, margin


def main():
    sys.path.insert(0, sys.argv[1])
    import golden

    probe = golden.fill.probe(SHAPE)
    for seed in range(1000):
        model = quantised(probe, seed)
        session = golden.Session(model, probe)
        saturated, margin = saturation(session)
        # A score that saturates has no gradient.
        if margin >= MARGIN and saturated["logits_QuantizeLinear_Input"][:2] == (0, 0):
            break
    else:
        sys.exit("no seed has the margin")
    operators = [node.op_type for node in model.graph.node]
    assert "Relu" not in operators, operators
    print(f"seed {seed}, margin {margin:.1e}, cut off below and above, of all: {saturated}")

    targets = [("default", session.choose("stride8")[0][0][1]), ("earlier", "relu4_DequantizeLinear_Output"),
               ("earlier", "relu2"), ("earlier", "relu2_DequantizeLinear_Output")]
    answers, tensors = session.golden(targets, fd=False)
    output = session.A.output
    given = golden.ort_run(model, probe, [output] + [name for _, name in targets], False)
    facts = {"name": NAME, "family": "handmade"}
    facts.update(golden.model_info(model, session.G, session.macs))
    facts.update({
        "input": "image", "input_shape": SHAPE, "input_layout": "NCHW", "output": output,
        "logit_value": session.A.logit, "final_activation": session.A.final, "classes": CLASSES,
        "rounds_alike": True,
        "ort": {"output_rel_err": golden.rel(given[output], session.v[output].numpy()),
                "A_rel_err": [golden.rel(given[name], session.v[name].numpy()) for _, name in targets]},
    })
    facts.update(answers)
    base = os.path.join(HERE, NAME)
    onnx.save(model, base + ".onnx")
    golden.write(base, facts, tensors)


if __name__ == "__main__":
    main()
