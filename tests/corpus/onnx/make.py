"""Writes the small networks that the fuzzer begins with, and runs each in ONNX Runtime.

    pip install onnx onnxruntime numpy
    python tests/corpus/onnx/make.py

Each has the operators of one kind of network, filled weights, and takes a picture of 8 to 16 pixels.
"""

import re
from pathlib import Path

import numpy as np
import onnx
import onnxruntime as ort
from onnx import numpy_helper, parser

FOLDER = Path(__file__).parent
IR_VERSION = {13: 7, 15: 8, 17: 8, 18: 8, 21: 10, 23: 11}


class Weights:
    """Tensors of deterministic noise, by name."""

    def __init__(self, seed):
        self.random = np.random.default_rng(seed)
        self.tensors = {}

    def noise(self, name, *shape, mean=0.0, deviation=None, dtype=np.float32):
        inputs = int(np.prod(shape[1:])) or 1
        deviation = deviation if deviation is not None else (1 / inputs) ** 0.5
        self.tensors[name] = (mean + deviation * self.random.standard_normal(shape)).astype(dtype)
        return self

    def whole(self, name, low, high, *shape, dtype=np.int8):
        self.tensors[name] = self.random.integers(low, high, shape).astype(dtype)
        return self

    def norm(self, name, channels):
        self.noise(f"{name}_scale", channels, mean=1, deviation=0.2).noise(f"{name}_shift", channels, deviation=0.2)
        self.noise(f"{name}_mean", channels, deviation=0.2)
        self.tensors[f"{name}_variance"] = self.random.uniform(0.5, 2, channels).astype(np.float32)
        return self

    def of(self, name, values, dtype=np.int64):
        self.tensors[name] = np.array(values, dtype)
        return self


def write(name, opset, text, weights, *, functions=(), domains=(), properties=None):
    graph = parser.parse_graph(text)
    graph.name = name
    used = {key: array for key, array in weights.tensors.items() if re.search(rf"\b{key}\b", text)}
    graph.initializer.extend(numpy_helper.from_array(array, key) for key, array in used.items())
    imports = [onnx.helper.make_opsetid("", opset), *(onnx.helper.make_opsetid(domain, 1) for domain in domains)]
    model = onnx.helper.make_model(graph, opset_imports=imports, producer_name="gradlens", ir_version=IR_VERSION[opset])
    model.functions.extend(functions)
    onnx.helper.set_model_props(model, properties or {})
    for at, node in enumerate(model.graph.node):
        node.name = f"{node.op_type}_{at}"
    if not domains:
        onnx.checker.check_model(model, full_check=True)
    session = ort.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    picture = session.get_inputs()[0]
    shape = [extent if isinstance(extent, int) else 1 for extent in picture.shape]
    pixels = np.random.default_rng(0).uniform(0, 1, shape)
    pixels = (255 * pixels).astype(np.uint8) if picture.type == "tensor(uint8)" else pixels.astype(np.float32)
    scores = session.run(None, {picture.name: pixels})[0]
    assert np.isfinite(scores).all() and np.ptp(scores) > 1e-3, (name, scores)
    file = FOLDER / f"{name}.onnx"
    onnx.save(model, file)
    print(f"{file.name:24}{file.stat().st_size:8} bytes  {np.round(scores.ravel(), 3)}")


def plain():
    """Convolutions, batch norms, poolings, a linear head."""
    weights = Weights(1).noise("w1", 4, 3, 3, 3).norm("n1", 4).noise("w2", 6, 4, 3, 3).norm("n2", 6)
    weights.noise("head_w", 3, 6, deviation=2).noise("head_b", 3)
    text = """g (float[N, 3, 16, 16] image) => (float[N, 3] scores) {
        c1 = Conv<pads = [1, 1, 1, 1]>(image, w1)
        b1 = BatchNormalization(c1, n1_scale, n1_shift, n1_mean, n1_variance)
        r1 = Relu(b1)
        p1 = MaxPool<kernel_shape = [3, 3], strides = [2, 2], pads = [1, 1, 1, 1]>(r1)
        c2 = Conv<auto_pad = "SAME_UPPER", strides = [2, 2]>(p1, w2)
        b2 = BatchNormalization(c2, n2_scale, n2_shift, n2_mean, n2_variance)
        r2 = LeakyRelu<alpha = 0.1>(b2)
        pooled = GlobalAveragePool(r2)
        flat = Flatten(pooled)
        logits = Gemm<transB = 1>(flat, head_w, head_b)
        scores = Softmax(logits)
    }"""
    properties = {
        "gradlens.labels": "cat\nhen\nlemur",
        "gradlens.normalisation": "(u8 - [100, 110.5, 120]) / 128",
        "gradlens.channels": "bgr",
        "gradlens.resize": "fit 4",
        "gradlens.size": "16x16",
        "gradlens.scores": "softmax",
        "gradlens.layers": "last=r2 grad-cam hires-cam\nfirst=r1 layer-cam",
    }
    write("plain", 13, text, weights, properties=properties)


def residual():
    """Channels last, transposed for each convolution, as tf2onnx leaves it; a residual sum; uneven poolings."""
    weights = Weights(2).noise("w1", 4, 3, 3, 3).noise("b1", 4).noise("w2", 4, 4, 3, 3).noise("b2", 4)
    weights.noise("head_w", 4, 2, deviation=3).noise("head_b", 2)
    weights.of("low", 0, np.float32).of("high", 6, np.float32).of("mean", 127.5, np.float32)
    text = """g (float[N, 12, 10, 3] image) => (float[N, 2] scores) {
        centred = Sub(image, mean)
        scaled = Div(centred, mean)
        x0 = Transpose<perm = [0, 3, 1, 2]>(scaled)
        c1 = Conv<pads = [0, 0, 1, 1], strides = [2, 2]>(x0, w1, b1)
        r1 = Clip(c1, low, high)
        c2 = Conv<pads = [1, 1, 1, 1]>(r1, w2, b2)
        s = Add(r1, c2)
        y1 = Transpose<perm = [0, 2, 3, 1]>(s)
        y2 = Relu(y1)
        y3 = Transpose<perm = [0, 3, 1, 2]>(y2)
        p = AveragePool<kernel_shape = [2, 2], strides = [2, 2], ceil_mode = 1, count_include_pad = 0>(y3)
        y4 = Transpose<perm = [0, 2, 3, 1]>(p)
        pooled = ReduceMean<axes = [1, 2], keepdims = 0>(y4)
        product = MatMul(pooled, head_w)
        scores = Add(product, head_b)
    }"""
    write("residual", 17, text, weights)


def separable():
    """Depthwise convolutions, squeeze and excitation, hard activations."""
    weights = Weights(3).noise("w0", 6, 3, 1, 1).noise("w1", 6, 1, 3, 3).noise("b1", 6).noise("w2", 2, 6, 1, 1)
    weights.noise("b2", 2).noise("w3", 6, 2, 1, 1).noise("b3", 6).noise("w4", 8, 3, 1, 1).noise("b4", 8)
    weights.noise("head_w", 4, 8, deviation=3).noise("head_b", 4).of("axes", [2, 3])
    text = """g (float[N, 3, 16, 16] image) => (float[N, 4] scores) {
        c0 = Conv(image, w0)
        c1 = Conv<group = 6, pads = [1, 1, 1, 1], strides = [2, 2]>(c0, w1, b1)
        r1 = HardSwish(c1)
        pooled = ReduceMean<keepdims = 1>(r1, axes)
        c2 = Conv(pooled, w2, b2)
        r2 = Relu(c2)
        c3 = Conv(r2, w3, b3)
        gate = HardSigmoid<alpha = 0.16666667>(c3)
        gated = Mul(r1, gate)
        c4 = Conv<group = 2, dilations = [1, 1]>(gated, w4, b4)
        sigmoid = Sigmoid(c4)
        r4 = Mul(c4, sigmoid)
        p4 = ReduceMean<keepdims = 0>(r4, axes)
        scores = Gemm<transB = 1, alpha = 1.5>(p4, head_w, head_b)
    }"""
    write("separable", 18, text, weights)


def tokens():
    """A vision transformer's block with a class token; shapes computed on the way."""
    weights = Weights(4).noise("patch_w", 8, 3, 4, 4, deviation=0.1).noise("patch_b", 8).noise("class", 1, 1, 8)
    weights.noise("places", 1, 5, 8).norm("n1", 8).noise("qkv_w", 8, 24, deviation=0.4).noise("qkv_b", 24)
    weights.noise("out_w", 8, 8, deviation=0.4).norm("n2", 8).noise("up_w", 8, 16, deviation=0.4)
    weights.noise("down_w", 16, 8, deviation=0.4).noise("head_w", 3, 8, deviation=1).noise("head_b", 3)
    weights.of("zero", 0).of("zeros", [0]).of("eight", [8]).of("rest", [-1]).of("one", [1])
    weights.of("heads", [1, 5, 3, 2, 4]).of("joined", [0, 0, 8]).of("sizes", [1, 1, 1]).of("token", 0)
    weights.of("root", 2.0, np.float32).of("sqrt2", 1.4142135, np.float32).of("half", 0.5, np.float32)
    weights.of("unit", 1.0, np.float32)
    text = """g (float[N, 3, 8, 8] image) => (float[N, 3] scores) {
        patches = Conv<strides = [4, 4]>(image, patch_w, patch_b)
        shape = Shape(patches)
        batch = Gather(shape, zero)
        first = Unsqueeze(batch, zeros)
        target = Concat<axis = 0>(first, eight, rest)
        flat = Reshape(patches, target)
        x0 = Transpose<perm = [0, 2, 1]>(flat)
        repeat = Concat<axis = 0>(first, one, eight)
        token0 = Expand(class, repeat)
        x1 = Concat<axis = 1>(token0, x0)
        x2 = Add(x1, places)
        l1 = LayerNormalization<axis = -1, epsilon = 1e-6>(x2, n1_scale, n1_shift)
        m1 = MatMul(l1, qkv_w)
        a1 = Add(m1, qkv_b)
        apart = Reshape(a1, heads)
        turned = Transpose<perm = [2, 0, 3, 1, 4]>(apart)
        q3, k3, v3 = Split<axis = 0>(turned, sizes)
        q = Squeeze(q3, zeros)
        k = Squeeze(k3, zeros)
        v = Squeeze(v3, zeros)
        kt = Transpose<perm = [0, 1, 3, 2]>(k)
        raw = MatMul(q, kt)
        weighed = Div(raw, root)
        soft = Softmax<axis = -1>(weighed)
        seen = MatMul(soft, v)
        back = Transpose<perm = [0, 2, 1, 3]>(seen)
        joint = Reshape(back, joined)
        out = MatMul(joint, out_w)
        x3 = Add(x2, out)
        l2 = LayerNormalization<axis = -1>(x3, n2_scale, n2_shift)
        up = MatMul(l2, up_w)
        scaled = Div(up, sqrt2)
        e = Erf(scaled)
        shifted = Add(e, unit)
        g1 = Mul(up, shifted)
        g2 = Mul(g1, half)
        down = MatMul(g2, down_w)
        x4 = Add(x3, down)
        chosen = Gather<axis = 1>(x4, token)
        scores = Gemm<transB = 1>(chosen, head_w, head_b)
    }"""
    write("tokens", 17, text, weights)


def windows():
    """Attention within shifted windows, with a bias that is looked up and a mask; Einsum."""
    weights = Weights(5).noise("patch_w", 4, 3, 2, 2, deviation=0.3).noise("qkv_w", 4, 12, deviation=0.5)
    weights.noise("biases", 9, 1).noise("head_w", 4, 3, deviation=3)
    steps = [[(a // 2 - b // 2 + 1) * 3 + a % 2 - b % 2 + 1 for b in range(4)] for a in range(4)]
    weights.of("steps", steps).of("apart", [1, 2, 2, 2, 2, 4]).of("windows", [4, 4, 4]).of("whole", [1, 2, 2, 2, 2, 4])
    weights.of("plane", [1, 4, 4, 4]).of("one", [1]).of("end", [9]).of("start", [0]).of("last", [-1]).of("rows", [1])
    weights.of("mask", np.triu(np.ones((4, 4))) > 0, bool).of("far", -100.0, np.float32).of("columns", [2])
    weights.of("sizes", [4, 4, 4])
    text = """g (float[1, 3, 8, 8] image) => (float[1, 3] scores) {
        patches = Conv<strides = [2, 2]>(image, patch_w)
        x0 = Transpose<perm = [0, 2, 3, 1]>(patches)
        below = Slice(x0, one, end, rows)
        above = Slice(x0, start, one, rows)
        rolled = Concat<axis = 1>(below, above)
        left = Slice(rolled, start, last, columns)
        right = Slice(rolled, last, end, columns)
        shifted = Concat<axis = 2>(right, left)
        cut = Reshape(shifted, apart)
        turned = Transpose<perm = [0, 1, 3, 2, 4, 5]>(cut)
        x1 = Reshape(turned, windows)
        qkv = MatMul(x1, qkv_w)
        q, k, v = Split<axis = -1>(qkv, sizes)
        raw = Einsum<equation = "bic,bjc->bij">(q, k)
        looked = Gather(biases, steps)
        bias = Squeeze(looked, last)
        biased = Add(raw, bias)
        masked = Where(mask, biased, far)
        soft = Softmax<axis = -1>(masked)
        seen = Einsum<equation = "bij,bjc->bic">(soft, v)
        x2 = Add(x1, seen)
        uncut = Reshape(x2, whole)
        unturned = Transpose<perm = [0, 1, 3, 2, 4, 5]>(uncut)
        x3 = Reshape(unturned, plane)
        active = Tanh(x3)
        pooled = ReduceMean<keepdims = 0>(active, middle)
        scores = MatMul(pooled, head_w)
    }"""
    weights.of("middle", [1, 2])
    write("windows", 18, text, weights)


def quantised():
    """QuantizeLinear and DequantizeLinear around everything, weights in 8 bits and a scale a channel."""
    weights = Weights(6).whole("w1", -127, 128, 4, 3, 3, 3).of("w1_scale", [0.004, 0.003, 0.005, 0.004], np.float32)
    weights.of("w1_zero", [0] * 4, np.int8).whole("b1", -50, 50, 4, dtype=np.int32).of("b1_scale", 0.0002, np.float32)
    weights.whole("w2", -127, 128, 3, 4).of("w2_scale", 0.02, np.float32).of("w2_zero", 0, np.int8)
    weights.of("in_scale", 0.0078, np.float32).of("in_zero", 128, np.uint8).of("a_scale", 0.02, np.float32)
    weights.of("a_zero", 0, np.uint8).of("out_scale", 0.1, np.float32).of("out_zero", -3, np.int8)
    text = """g (float[N, 3, 8, 8] image) => (float[N, 3] scores) {
        q0 = QuantizeLinear(image, in_scale, in_zero)
        d0 = DequantizeLinear(q0, in_scale, in_zero)
        dw = DequantizeLinear<axis = 0>(w1, w1_scale, w1_zero)
        db = DequantizeLinear(b1, b1_scale)
        c1 = Conv<pads = [1, 1, 1, 1]>(d0, dw, db)
        q1 = QuantizeLinear(c1, a_scale, a_zero)
        d1 = DequantizeLinear(q1, a_scale, a_zero)
        pooled = GlobalAveragePool(d1)
        q2 = QuantizeLinear(pooled, a_scale, a_zero)
        d2 = DequantizeLinear(q2, a_scale, a_zero)
        flat = Flatten(d2)
        dv = DequantizeLinear(w2, w2_scale, w2_zero)
        logits = Gemm<transB = 1>(flat, dv)
        q3 = QuantizeLinear(logits, out_scale, out_zero)
        scores = DequantizeLinear(q3, out_scale, out_zero)
    }"""
    write("quantised", 13, text, weights)


def integers():
    """Operators on whole numbers: QLinearConv, QLinearMatMul, com.microsoft's sums, on a picture of bytes."""
    weights = Weights(7).whole("w1", -127, 128, 4, 3, 3, 3).of("w1_scale", [0.004, 0.003, 0.005, 0.004], np.float32)
    weights.of("w1_zero", [0] * 4, np.int8).whole("b1", -50, 50, 4, dtype=np.int32)
    weights.of("in_scale", 0.0078, np.float32).of("in_zero", 128, np.uint8).of("a_scale", 0.02, np.float32)
    weights.of("a_zero", 100, np.uint8).whole("w2", -127, 128, 4, 3).of("w2_scale", 0.02, np.float32)
    weights.of("w2_zero", 0, np.int8).of("out_scale", 0.02, np.float32).of("out_zero", 120, np.uint8)
    text = """g (float[1, 3, 8, 8] image) => (float[1, 3] scores) {
        q0 = QuantizeLinear(image, in_scale, in_zero)
        c1 = QLinearConv<pads = [1, 1, 1, 1]>(q0, in_scale, in_zero, w1, w1_scale, w1_zero, a_scale, a_zero, b1)
        s1 = com.microsoft.QLinearAdd(c1, a_scale, a_zero, c1, a_scale, a_zero, a_scale, a_zero)
        p1 = com.microsoft.QLinearGlobalAveragePool(s1, a_scale, a_zero, a_scale, a_zero)
        flat = Flatten(p1)
        m = QLinearMatMul(flat, a_scale, a_zero, w2, w2_scale, w2_zero, out_scale, out_zero)
        logits = DequantizeLinear(m, out_scale, out_zero)
        scores = LogSoftmax(logits)
    }"""
    write("integers", 13, text, weights, domains=["com.microsoft"])


def control():
    """If, Loop and sequences, whose course the picture's shape settles."""
    weights = Weights(8).noise("w1", 4, 3, 3, 3).noise("head_w", 4, 3, deviation=3).noise("gains", 3, 4, 1, 1, mean=1)
    weights.of("eight", 8).of("two", 2).of("three", 3).of("going", True, bool).of("axes", [2, 3]).of("one", 1)
    weights.of("zero", 0).of("unit", 1.0, np.float32)
    text = """g (float[1, 3, 8, 8] image) => (float[1, 3] scores) {
        c1 = Conv<pads = [1, 1, 1, 1]>(image, w1)
        shape = Shape(c1)
        rows = Gather(shape, two)
        is_small = Equal(rows, eight)
        r1 = If (is_small) <
            then_branch = small () => (float[1, 4, 8, 8] active) { active = Relu(c1) },
            else_branch = large () => (float[1, 4, 8, 8] halved) { halved = Sigmoid(c1) }
        >
        x1, sums = Loop (three, going, r1) <
            body = body (int64 round, bool before, float[1, 4, 8, 8] x) => (bool after, float[1, 4, 8, 8] next, float[1, 4] mean) {
                after = Identity(before)
                gain = Gather(gains, round)
                scaled = Mul(x, gain)
                next = Tanh(scaled)
                mean = ReduceMean<axes = [2, 3], keepdims = 0>(next)
            }
        >
        parts = SplitToSequence<axis = 1, keepdims = 1>(x1, one)
        third = SequenceAt(parts, two)
        shorter = SequenceErase(parts, zero)
        longer = SequenceInsert(shorter, third)
        x2 = ConcatFromSequence<axis = 1>(longer)
        pooled = ReduceMean<axes = [2, 3], keepdims = 0>(x2)
        first = Gather<axis = 0>(sums, zero)
        both = Add(pooled, first)
        scores = MatMul(both, head_w)
    }"""
    write("control", 17, text, weights)


def resampled():
    """Resizes, transposed convolutions, padding, strided slices, depth to space: an encoder and its decoder."""
    weights = Weights(9).noise("w1", 8, 3, 3, 3).noise("w2", 8, 4, 2, 2).noise("b2", 4).noise("w3", 4, 4, 3, 3)
    weights.noise("head_w", 4, 3, deviation=2).noise("gain", 4, 1, 1, mean=0.2)
    weights.of("scales", [1, 1, 2, 2], np.float32).of("sizes", [1, 4, 7, 9]).of("pads", [0, 0, 1, 2, 0, 0, 2, 1])
    weights.of("starts", [-1, 1]).of("ends", [-9999, 99]).of("axes", [2, 3]).of("steps", [-1, 2])
    text = """g (float[1, 3, 8, 10] image) => (float[1, 3] scores) {
        c1 = Conv<strides = [2, 2], pads = [1, 1, 1, 1]>(image, w1)
        t1 = ConvTranspose<strides = [2, 2], output_padding = [1, 0]>(c1, w2, b2)
        r1 = PRelu(t1, gain)
        up = Resize<mode = "linear", coordinate_transformation_mode = "align_corners">(r1, , scales)
        padded = Pad<mode = "reflect">(up, pads)
        part = Slice(padded, starts, ends, axes, steps)
        cubic = Resize<mode = "cubic", coordinate_transformation_mode = "half_pixel", cubic_coeff_a = -0.5>(part, , , sizes)
        c3 = Conv<auto_pad = "SAME_LOWER">(cubic, w3)
        deep = SpaceToDepth<blocksize = 1>(c3)
        wide = DepthToSpace<blocksize = 2, mode = "CRD">(c1)
        crop = Resize<mode = "nearest">(wide, , , small)
        sum = Add(deep, crop)
        most = GlobalMaxPool(sum)
        flat = Flatten(most)
        four = Concat<axis = 1>(flat, flat, flat, flat)
        some = Slice(four, zero, end, one)
        scores = MatMul(some, head_w)
    }"""
    weights.of("small", [1, 2, 7, 9]).of("zero", [0]).of("one", [1]).of("end", [4])
    text = text.replace("sum = Add(deep, crop)", "twice = Concat<axis = 1>(crop, crop)\n        sum = Add(deep, twice)")
    write("resampled", 18, text, weights)


def shuffled():
    """Channel splits and shuffles, tiles, squeezes; two ways that meet again."""
    weights = Weights(10).noise("w0", 8, 3, 3, 3).noise("w1", 4, 4, 1, 1).noise("head_w", 3, 8, deviation=2)
    weights.of("halves", [4, 4]).of("apart", [0, 2, 4, -1, 8]).of("joined", [0, -1, 8, 8]).of("axis", [0])
    weights.of("repeats", [1, 1, 1, 2]).of("indices", [7, 6, 5, 4, 3, 2, 1, 0])
    text = """g (float[N, 3, 8, 8] image) => (float[N, 3] scores) {
        c0 = Conv<pads = [1, 1, 1, 1]>(image, w0)
        a, b = Split<axis = 1>(c0, halves)
        c1 = Conv(b, w1)
        r1 = Softplus(c1)
        joined0 = Concat<axis = 1>(a, r1)
        five = Reshape(joined0, apart)
        turned = Transpose<perm = [0, 2, 1, 3, 4]>(five)
        mixed = Reshape(turned, joined)
        other = Gather<axis = 1>(mixed, indices)
        most = Max(mixed, other)
        least = Min(mixed, other)
        apart2 = Sub(most, least)
        twice = Tile(apart2, repeats)
        p = LpPool<kernel_shape = [2, 2], strides = [2, 2]>(twice)
        pooled = GlobalAveragePool(p)
        more = Unsqueeze(pooled, axis)
        less = Squeeze(more, axis)
        flat = Flatten<axis = -3>(less)
        scores = Gemm<transB = 1>(flat, head_w)
    }"""
    write("shuffled", 15, text, weights)


def norms():
    """Normalisations and rarer activations; weights of 16 bits that are cast."""
    weights = Weights(11).noise("w0", 6, 1, 3, 3, dtype=np.float16).norm("n1", 6).norm("n2", 6)
    weights.noise("head_w", 6, 3, deviation=2, dtype=np.float16).of("axes", [2, 3]).of("power", 2.0, np.float32)
    weights.of("small", 0.1, np.float32)
    text = """g (float[N, 1, 9, 9] image) => (float[N, 3] scores) {
        w = Cast<to = 1>(w0)
        c0 = Conv<dilations = [2, 2], pads = [2, 2, 2, 2]>(image, w)
        i1 = InstanceNormalization(c0, n1_scale, n1_shift)
        e1 = Elu(i1)
        l1 = LRN<size = 3, alpha = 0.1>(e1)
        g1 = GroupNormalization<num_groups = 3>(l1, n2_scale, n2_shift)
        s1 = Selu(g1)
        m1 = Mish(s1)
        n1 = LpNormalization<axis = 1>(m1)
        t1 = ThresholdedRelu<alpha = 0.05>(n1)
        a1 = Abs(n1)
        q1 = Pow(a1, power)
        z1 = Sqrt(q1)
        d1 = Add(z1, small)
        v1 = Div(t1, d1)
        h1 = Gelu<approximate = "tanh">(v1)
        c1 = Celu<alpha = 0.7>(h1)
        x1 = Softsign(c1)
        pooled = ReduceL2<keepdims = 0>(x1, axes)
        hw = Cast<to = 1>(head_w)
        logits = MatMul(pooled, hw)
        scores = Sigmoid(logits)
    }"""
    write("norms", 21, text, weights)


def fused():
    """Operators that ONNX Runtime makes of others."""
    weights = Weights(12).noise("w0", 8, 3, 2, 2, deviation=0.3).noise("b0", 8).norm("n1", 8)
    weights.noise("qkv_w", 8, 24, deviation=0.4).noise("qkv_b", 24).noise("up_w", 8, 8, deviation=0.5).noise("up_b", 8)
    weights.noise("head_w", 8, 3, deviation=2).noise("head_b", 3).of("tokens", [1, 8, 16]).of("axis", [1])
    text = """g (float[1, 3, 8, 8] image) => (float[1, 3] scores) {
        c0 = com.microsoft.FusedConv<strides = [2, 2], activation = "Relu">(image, w0, b0)
        flat = Reshape(c0, tokens)
        x0 = Transpose<perm = [0, 2, 1]>(flat)
        a1 = com.microsoft.Attention<num_heads = 2>(x0, qkv_w, qkv_b)
        x1 = com.microsoft.SkipLayerNormalization<epsilon = 1e-5>(x0, a1, n1_scale, n1_shift)
        m1 = com.microsoft.FusedMatMul<alpha = 0.5>(x1, up_w)
        g1 = com.microsoft.BiasGelu(m1, up_b)
        f1 = com.microsoft.QuickGelu<alpha = 1.7>(g1)
        pooled = ReduceMean<keepdims = 0>(f1, axis)
        scores = com.microsoft.FusedGemm<activation = "LeakyRelu", activation_alpha = 0.5>(pooled, head_w, head_b)
    }"""
    write("fused", 18, text, weights, domains=["com.microsoft"])


def indices():
    """What is known before any picture is, worked out by many operators; picks by indices."""
    weights = Weights(13).noise("w0", 4, 3, 3, 3).noise("table", 5, 4, deviation=0.5).noise("head_w", 4, 3, deviation=2)
    weights.of("zero", 0).of("one", 1).of("four", 4).of("depth", 4).of("onoff", [0.1, 1], np.float32).of("k", [4])
    weights.of("last", [-1]).of("axes", [2, 3]).of("plane", [1, 4, 1, 1]).of("shape", [4, 4]).of("order", [0, 2, 1, 3])
    weights.of("places", [[0, 1, 1], [0, 3, 2]]).of("put", np.ones((2, 8)), np.float32).of("zeros4", [4])
    text = """g (float[1, 3, 8, 8] image) => (float[1, 3] scores) {
        c0 = Conv<pads = [1, 1, 1, 1]>(image, w0)
        r0 = Relu(c0)
        range = Range(zero, four, one)
        rows = Gather(table, range)
        hot = OneHot(range, depth, onoff)
        product = MatMul(rows, hot)
        lower = Trilu<upper = 0>(product)
        sums = CumSum(lower, one)
        values, best = TopK<axis = 1>(sums, k)
        first = ArgMax<axis = 1, keepdims = 0>(values)
        whole = Cast<to = 1>(first)
        filled = ConstantOfShape<value = float[1] {0.5}>(zeros4)
        both = Add(whole, filled)
        nonzero = NonZero(both)
        flatten = Reshape(nonzero, last)
        again = Gather(both, flatten)
        gains = Reshape(again, plane)
        scaled = Mul(r0, gains)
        put1 = ScatterND(scaled, places, put)
        picked = Gather<axis = 1>(put1, order)
        shape2 = Shape(picked)
        negative = Neg(shape2)
        positive = Abs(negative)
        halves = Div(positive, two)
        sixteen = ReduceProd<axes = [0], keepdims = 0>(halves2)
        factor = Cast<to = 1>(sixteen)
        even = Mod(range, two)
        is_even = Equal(even, zero)
        choice = Where(is_even, ones, halfs)
        choices = Reshape(choice, plane)
        chosen = Mul(picked, choices)
        x1 = Div(chosen, factor)
        pooled = ReduceSum<keepdims = 0>(x1, axes)
        scores = MatMul(pooled, head_w)
    }"""
    weights.of("two", 2).of("halfs", 0.5, np.float32).of("ones", 1.0, np.float32).of("middle", [2, 3])
    text = text.replace("(halves2)", "(inner)").replace(
        "sixteen =", "inner = Gather(halves, middle)\n        sixteen ="
    )
    write("indices", 15, text, weights)


def functions():
    """A function of the model itself, called twice, and a weight that is a node."""
    weights = Weights(14).noise("w0", 4, 3, 3, 3).noise("w1", 4, 4, 3, 3).norm("n0", 4).norm("n1", 4)
    weights.noise("head_w", 4, 3, deviation=2)
    block = parser.parse_function("""<domain: "local", opset_import: ["" : 17]>
        Block <alpha> (x, w, scale, shift, mean, variance) => (y) {
            c = Conv<pads = [1, 1, 1, 1], strides = [2, 2]>(x, w)
            b = BatchNormalization(c, scale, shift, mean, variance)
            y = LeakyRelu<alpha: float = @alpha>(b)
        }""")
    text = """g (float[N, 3, 16, 16] image) => (float[N, 3] scores) {
        r0 = local.Block<alpha = 0.2>(image, w0, n0_scale, n0_shift, n0_mean, n0_variance)
        r1 = local.Block<alpha = 0.1>(r0, w1, n1_scale, n1_shift, n1_mean, n1_variance)
        sparse = Constant<value = float[4, 4] {1., 0., 0., 0., 0., 0., 2., 0., 0., 0.5, 0., 0., 0., 0., 0., 1.}>()
        pooled0 = GlobalAveragePool(r1)
        pooled = Flatten(pooled0)
        turned = MatMul(pooled, sparse)
        scores = MatMul(turned, head_w)
    }"""
    write("functions", 17, text, weights, functions=[block], domains=["local"])


if __name__ == "__main__":
    for network in [plain, residual, separable, tokens, windows, quantised, integers, control, resampled, shuffled,
                    norms, fused, indices, functions]:
        network()
