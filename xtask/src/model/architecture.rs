//! EfficientNet-Lite's layers: their shapes, and what checkpoints call them.

use super::preprocessing::Preprocessing;

/// How many channels the classifier takes.
pub const HEAD_CHANNELS: usize = 1280;
const STEM_CHANNELS: usize = 32;

/// One stage of MBConv blocks.
struct Stage {
    expand: usize,
    kernel: usize,
    channels: usize,
    blocks: usize,
    /// Of its first block.
    stride: usize,
}

/// Those of the smallest size.
const STAGES: [Stage; 7] = [
    Stage { expand: 1, kernel: 3, channels: 16, blocks: 1, stride: 1 },
    Stage { expand: 6, kernel: 3, channels: 24, blocks: 2, stride: 2 },
    Stage { expand: 6, kernel: 5, channels: 40, blocks: 2, stride: 2 },
    Stage { expand: 6, kernel: 3, channels: 80, blocks: 3, stride: 2 },
    Stage { expand: 6, kernel: 5, channels: 112, blocks: 3, stride: 1 },
    Stage { expand: 6, kernel: 5, channels: 192, blocks: 4, stride: 2 },
    Stage { expand: 6, kernel: 3, channels: 320, blocks: 1, stride: 1 },
];

/// One of the sizes that the network comes in.
#[derive(Debug)]
pub struct Size {
    /// What it is called.
    pub name: &'static str,
    /// A side of the pictures that it was trained on, in pixels.
    pub side: usize,
    /// By what the channels of the stages are multiplied, and then rounded to eights.
    width: f64,
    /// By what the blocks of the stages are multiplied, but for the first and the last stage.
    depth: f64,
}

/// The size of the package's network.
pub static LITE0: Size = Size { name: "EfficientNet-Lite0", side: 224, width: 1.0, depth: 1.0 };
/// A deeper one.
pub static LITE1: Size = Size { name: "EfficientNet-Lite1", side: 240, width: 1.0, depth: 1.1 };
/// A deeper and wider one.
pub static LITE2: Size = Size { name: "EfficientNet-Lite2", side: 260, width: 1.1, depth: 1.2 };

impl Size {
    fn stages(&self) -> Vec<Stage> {
        let last = STAGES.len() - 1;
        let stages = STAGES.iter().enumerate().map(|(at, stage)| {
            let deepens = (1..last).contains(&at);
            let blocks =
                if deepens { (stage.blocks as f64 * self.depth).ceil() as usize } else { stage.blocks };
            Stage { channels: in_eights(stage.channels as f64 * self.width), blocks, ..*stage }
        });
        stages.collect()
    }

    /// How many MBConv blocks there are.
    pub fn blocks(&self) -> usize {
        self.stages().iter().map(|stage| stage.blocks).sum()
    }

    /// By what a block divides the sides of its input.
    pub fn stride(&self, block: usize) -> usize {
        let mut first = 0;
        for Stage { blocks, stride, .. } in self.stages() {
            if block == first {
                return stride;
            }
            first += blocks;
        }
        1
    }

    /// The largest part of 32, by which the network divides a picture's sides, that divides its own.
    pub fn multiple(&self) -> usize {
        1 << self.side.trailing_zeros().min(5)
    }
}

/// The nearest multiple of 8; the next one where that is less than nine tenths.
fn in_eights(channels: f64) -> usize {
    let near = ((channels + 4.0) / 8.0).floor().max(1.0) * 8.0;
    (if near < 0.9 * channels { near + 8.0 } else { near }) as usize
}

/// What a library calls the network's tensors, and how it trains it.
pub struct Library {
    /// The library and, where it has several of this kind, the network.
    pub name: &'static str,
    /// How the network's input is made unless the training says otherwise.
    pub preprocessing: Preprocessing,
    /// The classifier.
    pub classifier: &'static str,
    stem: Names,
    /// A block's name, from its place among all blocks, its stage and its place there.
    block: fn(usize, usize, usize) -> String,
    /// In block 0, which does not widen its input: the depthwise convolution and the projection.
    first_block: [Names; 2],
    /// In the other blocks: the expansion, the depthwise convolution, the projection.
    other_blocks: [Names; 3],
    head: Names,
}

/// A convolution and the batch norm behind it.
type Names = (&'static str, &'static str);

/// The libraries whose checkpoints are read.
pub static LIBRARIES: [Library; 2] = [
    Library {
        name: "efficientnet_lite_pytorch",
        preprocessing: Preprocessing { mean: [127.0; 3], deviation: [128.0; 3] },
        classifier: "_fc",
        stem: ("_conv_stem", "_bn0"),
        block: |n, _, _| format!("_blocks.{n}"),
        first_block: [("_depthwise_conv", "_bn1"), ("_project_conv", "_bn2")],
        other_blocks: [("_expand_conv", "_bn0"), ("_depthwise_conv", "_bn1"), ("_project_conv", "_bn2")],
        head: ("_conv_head", "_bn1"),
    },
    Library {
        name: "timm's tf_efficientnet_lite0",
        preprocessing: Preprocessing { mean: [127.5; 3], deviation: [127.5; 3] },
        classifier: "classifier",
        stem: ("conv_stem", "bn1"),
        block: |_, stage, repeat| format!("blocks.{stage}.{repeat}"),
        first_block: [("conv_dw", "bn1"), ("conv_pw", "bn2")],
        other_blocks: [("conv_pw", "bn1"), ("conv_dw", "bn2"), ("conv_pwl", "bn3")],
        head: ("conv_head", "bn2"),
    },
];

/// One convolution of the network with its batch norm.
pub struct Description {
    /// What the model file calls them.
    pub name: String,
    /// What the checkpoint calls the convolution.
    pub convolution: String,
    /// What the checkpoint calls the batch norm.
    pub norm: String,
    /// The extents of the convolution's weight, `[out, in / groups, kernel, kernel]`.
    pub shape: [usize; 4],
}

impl Library {
    /// The name of the stem's weight, by which a checkpoint's naming shows.
    pub fn stem_weight(&self) -> String {
        format!("{}.weight", self.stem.0)
    }

    /// The layers of a size from the stem to the head.
    pub fn layers(&self, size: &Size) -> Vec<Description> {
        let layer = |name: &str, within: &str, (convolution, norm): Names, shape| Description {
            name: name.into(),
            convolution: format!("{within}{convolution}"),
            norm: format!("{within}{norm}"),
            shape,
        };
        let mut layers = vec![layer("stem", "", self.stem, [STEM_CHANNELS, 3, 3, 3])];
        let (mut n, mut channels) = (0, STEM_CHANNELS);
        for (at, Stage { expand, kernel, channels: output, blocks, .. }) in
            size.stages().into_iter().enumerate()
        {
            for repeat in 0..blocks {
                let inner = channels * expand;
                let parts = [
                    ("expand", [inner, channels, 1, 1]),
                    ("depthwise", [inner, 1, kernel, kernel]),
                    ("project", [output, inner, 1, 1]),
                ];
                let names = if n == 0 { self.first_block.as_slice() } else { &self.other_blocks };
                let block = (self.block)(n, at, repeat) + ".";
                for (&(part, shape), &names) in parts[parts.len() - names.len()..].iter().zip(names) {
                    layers.push(layer(&format!("blocks.{n}.{part}"), &block, names, shape));
                }
                (n, channels) = (n + 1, output);
            }
        }
        layers.push(layer("head", "", self.head, [HEAD_CHANNELS, channels, 1, 1]));
        layers
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_tensor_has_one_name() {
        for library in &LIBRARIES {
            let layers = library.layers(&LITE0);
            assert_eq!(layers.len(), 2 + 3 * LITE0.blocks() - 1);
            let names: BTreeSet<_> = layers.iter().map(|layer| &layer.name).collect();
            let theirs: BTreeSet<_> =
                layers.iter().flat_map(|layer| [&layer.convolution, &layer.norm]).collect();
            assert_eq!((names.len(), theirs.len()), (layers.len(), 2 * layers.len()));
            assert!(names.contains(&"blocks.15.project".to_owned()));
            assert!(!names.contains(&"blocks.0.expand".to_owned()));
        }
    }

    #[test]
    fn sizes_are_those_of_the_release() {
        let of = |size: &Size| {
            let stages = size.stages();
            let channels: Vec<_> = stages.iter().map(|stage| stage.channels).collect();
            (size.blocks(), channels)
        };
        assert_eq!(of(&LITE0), (16, vec![16, 24, 40, 80, 112, 192, 320]));
        assert_eq!(of(&LITE1), (21, vec![16, 24, 40, 80, 112, 192, 320]));
        assert_eq!(of(&LITE2), (21, vec![16, 24, 48, 88, 120, 208, 352]));
        let halving: Vec<_> = (0..LITE0.blocks()).filter(|&block| LITE0.stride(block) == 2).collect();
        assert_eq!(halving, [1, 3, 5, 11]);
        assert_eq!([&LITE0, &LITE1, &LITE2].map(Size::multiple), [32, 16, 4]);
    }
}
