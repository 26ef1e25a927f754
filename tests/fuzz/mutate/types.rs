//! Types: other operators, domains and operator sets, and what a file says of itself.

use gradlens::onnx::{ElementType, Model};

use super::any_node;
use crate::random::Random;

/// Every type of elements.
pub const ELEMENTS: [ElementType; 16] = [
    ElementType::F32,
    ElementType::F16,
    ElementType::BF16,
    ElementType::F64,
    ElementType::I8,
    ElementType::I16,
    ElementType::I32,
    ElementType::I64,
    ElementType::U8,
    ElementType::U16,
    ElementType::U32,
    ElementType::U64,
    ElementType::Bool,
    ElementType::I4,
    ElementType::U4,
    ElementType::String,
];

/// Operators by how many inputs they take: an exchange within a line often runs.
const OPERATORS: [&[&str]; 5] = [
    &[
        "Relu",
        "Sigmoid",
        "Tanh",
        "Erf",
        "Exp",
        "Log",
        "Sqrt",
        "Reciprocal",
        "Neg",
        "Abs",
        "Sin",
        "Cos",
        "Floor",
        "Ceil",
        "Round",
        "Sign",
        "Not",
        "Softplus",
        "Softsign",
        "HardSigmoid",
        "HardSwish",
        "LeakyRelu",
        "Elu",
        "Celu",
        "Selu",
        "Mish",
        "Gelu",
        "ThresholdedRelu",
        "Shrink",
        "Identity",
        "Dropout",
        "IsNaN",
        "IsInf",
        "Softmax",
        "LogSoftmax",
        "Hardmax",
        "GlobalAveragePool",
        "GlobalMaxPool",
        "GlobalLpPool",
        "Flatten",
        "Transpose",
        "Shape",
        "Size",
        "LpNormalization",
        "MeanVarianceNormalization",
        "LRN",
        "MaxPool",
        "AveragePool",
        "LpPool",
        "DepthToSpace",
        "SpaceToDepth",
        "NonZero",
        "ReduceMean",
        "ReduceSum",
        "ReduceMax",
        "ReduceMin",
        "ReduceProd",
        "ReduceL1",
        "ReduceL2",
        "ReduceLogSumExp",
        "ArgMax",
        "ArgMin",
        "Squeeze",
        "Cast",
        "EyeLike",
        "ConstantOfShape",
        "DynamicQuantizeLinear",
        "SequenceConstruct",
        "SequenceLength",
        "Swish",
    ],
    &[
        "Add",
        "Sub",
        "Mul",
        "Div",
        "Pow",
        "Mod",
        "Min",
        "Max",
        "Sum",
        "Mean",
        "And",
        "Or",
        "Xor",
        "Equal",
        "Less",
        "LessOrEqual",
        "Greater",
        "GreaterOrEqual",
        "PRelu",
        "MatMul",
        "Gemm",
        "Conv",
        "ConvTranspose",
        "Gather",
        "GatherElements",
        "GatherND",
        "Reshape",
        "Expand",
        "Tile",
        "Unsqueeze",
        "Squeeze",
        "Concat",
        "Einsum",
        "CumSum",
        "TopK",
        "Compress",
        "Trilu",
        "Pad",
        "Split",
        "CastLike",
        "RMSNormalization",
        "BitShift",
        "MatMulInteger",
        "ConvInteger",
        "SplitToSequence",
        "SequenceAt",
        "SequenceErase",
        "Upsample",
        "DequantizeLinear",
        "OneHot",
    ],
    &[
        "Where",
        "Clip",
        "Gemm",
        "Conv",
        "Slice",
        "Resize",
        "ScatterElements",
        "ScatterND",
        "LayerNormalization",
        "InstanceNormalization",
        "GroupNormalization",
        "QuantizeLinear",
        "DequantizeLinear",
        "Range",
        "OneHot",
        "Attention",
        "Einsum",
        "SequenceInsert",
        "Pad",
        "RotaryEmbedding",
    ],
    &["BatchNormalization", "Slice", "Resize", "Attention"],
    &[
        "If",
        "Loop",
        "Scan",
        "Wavelet",
        "Constant",
        "QLinearConv",
        "QLinearMatMul",
        "ConcatFromSequence",
        "Unique",
    ],
];

const KEYS: &[&str] = &[
    "gradlens.labels",
    "gradlens.normalisation",
    "gradlens.channels",
    "gradlens.resize",
    "gradlens.size",
    "gradlens.scores",
    "gradlens.layers",
    "Image.BitmapPixelFormat",
    "Image.NominalPixelRange",
    "author",
    "names",
    "task",
];

const VALUES: &[&str] = &[
    "",
    "cat\nhen\nlemur",
    "a\nb",
    "(u8 - 127) / 128",
    "(u8 - [1, 2]) / 0",
    "(u8 - nan) / inf",
    "bgr",
    "gray",
    "rgb",
    "fit 1",
    "fit 0",
    "fit 99999",
    "crop 0.5",
    "crop 1e-30",
    "squash",
    "letterbox",
    "0x0",
    "1x1",
    "3x5",
    "99999999999x99999999999",
    "1000000x1000000",
    "sigmoid",
    "regression",
    "softmax",
    "x=r1 cam\n=\ny",
    "Bgr8",
    "Gray8",
    "NominalRange_0_255",
    "Ultralytics",
    "{0: 'a', 1: \"b\"}",
    "{0:'\\",
    "classify",
];

/// Changes what something is.
pub fn mutate(model: &mut Model, random: &mut Random) {
    match random.below(8) {
        0 => {
            if let Some((_, version)) = random.pick_mut(&mut model.opsets) {
                *version = if random.one_in(8) { random.near(*version) } else { random.below(25) as i64 };
            }
        }
        1 => {
            if let Some(node) = any_node(&mut model.graph, random) {
                node.domain = random
                    .pick(&["", "com.microsoft", "com.microsoft.nchwc", "x"])
                    .unwrap_or_default()
                    .into();
            }
        }
        2 => {
            let (key, value) =
                (random.pick(KEYS).unwrap_or_default(), random.pick(VALUES).unwrap_or_default());
            model.metadata.retain(|(known, _)| known != key);
            model.metadata.push((key.into(), value.into()));
        }
        _ => {
            let Some(node) = any_node(&mut model.graph, random) else { return };
            let inputs = node.inputs.len().clamp(1, OPERATORS.len()) - 1;
            let line = if random.one_in(6) { random.below(OPERATORS.len()) } else { inputs };
            node.op = random.pick(OPERATORS[line]).unwrap_or_default().into();
        }
    }
}
