//! Which of ONNX's cases are none of ours, and why.

use LeftOut::{Double, Everything, Live, Operator, OtherOutputs};
use gradlens::onnx::{Attribute, Graph};

/// The operators that image classifiers have, and what exporters write around them.
const OPERATORS: &str = "
Conv ConvTranspose Gemm MatMul Einsum
Add Mul Div Sub Pow Sum Min Max Mean PRelu Mod
Relu Erf Sigmoid HardSigmoid Sqrt Clip Tanh LeakyRelu HardSwish Neg Exp Log Abs Reciprocal Softplus Softsign Elu Selu Celu
ThresholdedRelu Shrink Mish Gelu Swish Sign Sin Cos Floor Ceil Round
BatchNormalization LayerNormalization InstanceNormalization GroupNormalization RMSNormalization LpNormalization
MeanVarianceNormalization LRN Softmax LogSoftmax
GlobalAveragePool GlobalMaxPool GlobalLpPool ReduceMean ReduceSum ReduceMax ReduceMin ReduceProd ReduceL1 ReduceL2
ReduceSumSquare ReduceLogSum ReduceLogSumExp ArgMax ArgMin
MaxPool AveragePool LpPool
Flatten Transpose Concat Reshape Slice Split Pad Squeeze Unsqueeze Gather Expand DepthToSpace SpaceToDepth Tile GatherND
GatherElements Resize Upsample
Where Equal Greater GreaterOrEqual Less LessOrEqual Not And Or Xor IsNaN IsInf
Identity Dropout Cast CastLike Constant
Shape Size ConstantOfShape Range CumSum Scatter ScatterND ScatterElements OneHot NonZero Trilu EyeLike TopK Compress BitShift
BitwiseAnd BitwiseOr BitwiseXor BitwiseNot
If Loop
SequenceConstruct SequenceEmpty SequenceInsert SequenceErase SequenceAt SequenceLength SplitToSequence ConcatFromSequence
QuantizeLinear DequantizeLinear QLinearConv QLinearMatMul ConvInteger MatMulInteger DynamicQuantizeLinear
Attention
";

/// How much of a case is left out.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum LeftOut {
    /// All of it.
    Everything,
    /// All of it, but not of the case that has the operator's expansion in its place.
    Operator,
    /// What an input makes of it that only a run gives.
    Live,
    /// All outputs but the first.
    OtherOutputs,
    /// What is computed in f64.
    Double,
}

impl LeftOut {
    /// Whether nothing is left to check.
    pub fn is_all(self) -> bool {
        matches!(self, Everything | Operator)
    }
}

/// Cases that are not ours, or not wholly, by a part of their names; and why.
const EXCEPTIONS: &[(&str, LeftOut, &str)] = &[
    ("_past_and_present", Operator, "keys and values that are kept, as for text"),
    ("_padded_kv", Operator, "keys and values that are kept, as for text"),
    ("attention_4d_with_qk_matmul", Operator, "the products of queries and keys as an output"),
    ("test_batchnorm_epsilon_training", Everything, "training"),
    ("test_batchnorm_example_training", Everything, "training"),
    ("test_training_dropout", Everything, "training"),
    ("test_dropout_default_mask", Everything, "training"),
    ("test_layer_normalization", OtherOutputs, "means and deviations as outputs are for training"),
    ("test_maxpool_with_argmax", Everything, "the places of the largest values, which only unpooling needs"),
    ("test_averagepool_3d", Everything, "a volume"),
    ("test_convtranspose_3d", Everything, "a volume"),
    ("test_lppool_3d", Everything, "a volume"),
    ("test_maxpool_3d", Everything, "a volume"),
    ("test_equal_string", Everything, "text"),
    ("test_cast_FLOAT_to_BFLOAT16", Everything, "numbers are not rounded to 16 bits"),
    ("test_castlike_FLOAT_to_BFLOAT16", Everything, "numbers are not rounded to 16 bits"),
    ("test_cast_FLOAT16_to_INT4", Live, "whole numbers of a picture do not wrap around"),
    ("test_cast_FLOAT16_to_UINT4", Live, "whole numbers of a picture do not wrap around"),
    ("test_cast_FLOAT_to_INT4", Live, "whole numbers of a picture do not wrap around"),
    ("test_cast_FLOAT_to_UINT4", Live, "whole numbers of a picture do not wrap around"),
    ("test_castlike_FLOAT16_to_INT4", Live, "whole numbers of a picture do not wrap around"),
    ("test_castlike_FLOAT16_to_UINT4", Live, "whole numbers of a picture do not wrap around"),
    ("test_castlike_FLOAT_to_INT4", Live, "whole numbers of a picture do not wrap around"),
    ("test_castlike_FLOAT_to_UINT4", Live, "whole numbers of a picture do not wrap around"),
    ("test_onehot", Live, "a choice that depends on the picture"),
    ("test_top_k", Live, "a choice that depends on the picture"),
    ("test_range", Live, "a shape that depends on the picture"),
    ("test_dequantizelinear_axis", Live, "a scale that depends on the picture"),
    ("test_dequantizelinear_blocked", Live, "a scale that depends on the picture"),
    ("test_qlinearconv", Live, "a scale that depends on the picture"),
    ("test_einsum_batch_diagonal", Everything, "a diagonal, which no classifier has"),
    ("test_resize_downsample_scales_cubic_align_corners", Everything, "onnxruntime gives what we give"),
    ("test_resize_downsample_scales_linear_align_corners", Everything, "onnxruntime gives what we give"),
    ("test_averagepool_2d_ceil_last_window_starts_on_pad", Double, "its numbers have four digits"),
    ("test_dynamicquantizelinear", Double, "halves of f32 are none of f64"),
    ("test_scatter_elements_with_reduction_m", Live, "a reduction of a picture that no classifier has"),
    ("test_scatternd_m", Live, "a reduction of a picture that no classifier has"),
];

/// What is left out of a case, if something is, and why.
pub fn exception(name: &str) -> Option<(LeftOut, &'static str)> {
    let found = EXCEPTIONS
        .iter()
        .find(|(part, what, _)| name.contains(part) && !(*what == Operator && name.ends_with("_expanded")));
    found.map(|(_, what, reason)| (*what, *reason))
}

/// Whether all operators of a graph are among those of image classifiers.
pub fn operators_are_known(graph: &Graph) -> bool {
    graph.nodes.iter().all(|node| {
        let graphs = node.attributes.iter().all(|(_, attribute)| match attribute {
            Attribute::Graph(graph) => operators_are_known(graph),
            _ => true,
        });
        node.domain.is_empty() && OPERATORS.split_whitespace().any(|known| known == node.op) && graphs
    })
}
