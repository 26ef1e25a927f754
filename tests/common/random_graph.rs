//! Random small graphs of what classifiers of pictures begin with.

use gradlens::graph::{Binary, Constant, Convolution, Graph, Op, Reduction, Unary, ValueId, Window};

/// A graph, its picture, and what is computed of it.
pub struct RandomGraph {
    pub graph: Graph<f32>,
    pub input: ValueId,
    pub values: Vec<ValueId>,
}

/// A picture for it.
pub fn picture(graph: &Graph<f32>, input: ValueId, seed: u64) -> Vec<f32> {
    let mut random = Random(seed + 1000);
    (0..graph.shape(input).iter().product()).map(|_| random.number()).collect()
}

impl RandomGraph {
    pub fn new(seed: u64) -> Self {
        let mut graph = Graph::default();
        let mut random = Random(seed);
        let channels = *random.one(&[1, 3, 4, 8]);
        let input = graph.add_input(vec![1, 5 + random.below(16), 5 + random.below(16), channels]);
        let mut builder = Builder { graph, random, values: vec![input] };
        builder.convolution(input);
        for _ in 0..3 + builder.random.below(8) {
            builder.layer();
        }
        let Builder { graph, mut values, .. } = builder;
        values.remove(0);
        Self { graph, input, values }
    }
}

struct Builder {
    graph: Graph<f32>,
    random: Random,
    values: Vec<ValueId>,
}

impl Builder {
    /// Something more, of the newest value or of an older one.
    fn layer(&mut self) {
        let newest = self.values[self.values.len() - 1];
        let x = if self.random.below(5) == 0 { *self.random.one(&self.values.clone()) } else { newest };
        match self.random.below(14) {
            0..=2 => self.convolution(x),
            3 => self.depthwise(x),
            4 => self.scaled(x),
            5 | 6 => self.activation(x),
            7 => self.sum(x),
            8 => self.pooling(x),
            9 => self.gate(x),
            10 => self.concat(x),
            11 => self.padding(x),
            12 => self.other_extents(x),
            _ => self.product(x),
        }
    }

    fn add(&mut self, op: Op<f32>, inputs: &[ValueId]) -> Option<ValueId> {
        let value = self.graph.add(op, inputs).ok()?;
        self.values.push(value);
        Some(value)
    }

    fn constant(&mut self, shape: Vec<usize>, size: f32) -> ValueId {
        let count = shape.iter().product();
        let values: Vec<_> = (0..count).map(|_| self.random.number() * size).collect();
        self.graph.add_constant(Constant::new(shape, values))
    }

    fn convolved(&mut self, x: ValueId, outputs: usize, groups: usize, kernel: [usize; 2]) {
        let covered = self.graph.shape(x)[3] / groups;
        let size = 1.5 / ((covered * kernel[0] * kernel[1]) as f32).sqrt();
        let weight = self.constant(vec![outputs, covered, kernel[0], kernel[1]], size);
        let mut inputs = vec![x, weight];
        if self.random.below(2) == 0 {
            inputs.push(self.constant(vec![outputs], 0.5));
        }
        let window = self.window(kernel);
        self.add(Op::Convolution(Convolution { window, input_dilation: [1, 1], groups }), &inputs);
    }

    fn window(&mut self, kernel: [usize; 2]) -> Window {
        let dilation = if self.random.below(5) == 0 { [2, 1] } else { [1, 1] };
        let stride = *self.random.one(&[[1, 1], [1, 1], [2, 2], [1, 3]]);
        let mut places =
            |axis: usize| self.random.below(kernel[axis] + 1) as isize - isize::from(kernel[axis] > 4);
        let (before, after) = ([places(0), places(1)], [places(0), places(1)]);
        Window { kernel, stride, dilation, before, after }
    }

    fn convolution(&mut self, x: ValueId) {
        let channels = self.graph.shape(x)[3];
        let kernel = *self.random.one(&[[1, 1], [1, 1], [3, 3], [1, 3], [5, 2], [4, 4]]);
        let outputs: usize = *self.random.one(&[1, 4, 6, 8, 12, 16, 24, 40]);
        let both = |groups: &usize| channels.is_multiple_of(*groups) && outputs.is_multiple_of(*groups);
        let groups = *self.random.one(&[1, 1, 2, 3, 4]);
        self.convolved(x, outputs, if both(&groups) { groups } else { 1 }, kernel);
    }

    fn depthwise(&mut self, x: ValueId) {
        let channels = self.graph.shape(x)[3];
        let kernel = *self.random.one(&[[3, 3], [5, 5], [2, 2], [1, 3], [7, 7], [9, 1]]);
        self.convolved(x, channels, channels, kernel);
    }

    /// A batch norm, or a number.
    fn scaled(&mut self, x: ValueId) {
        let channels = self.graph.shape(x)[3];
        let shape = if self.random.below(3) == 0 { vec![] } else { vec![channels] };
        let (scale, shift) = (self.constant(shape.clone(), 1.5), self.constant(shape, 0.5));
        if let Some(scaled) = self.add(Op::Binary(Binary::Multiply), &[x, scale]) {
            let binary = *self.random.one(&[Binary::Add, Binary::Subtract]);
            self.add(Op::Binary(binary), &[shift, scaled]);
        }
    }

    fn activation(&mut self, x: ValueId) {
        let unary = *self.random.one(&[
            Unary::Relu,
            Unary::Clamp(0.0, 6.0),
            Unary::Clamp(f32::NEG_INFINITY, 0.5),
            Unary::Sigmoid,
            Unary::Tanh,
            Unary::Softplus,
            Unary::Erf,
            Unary::Absolute,
            Unary::Negate,
        ]);
        let y = self.add(Op::Unary(unary), &[x]);
        // SiLU and its like.
        if let (Some(y), 0) = (y, self.random.below(2)) {
            self.add(Op::Binary(Binary::Multiply), &[x, y]);
        }
    }

    /// With another value of the same shape, the oldest first.
    fn sum(&mut self, x: ValueId) {
        let shape = self.graph.shape(x).to_vec();
        let other = self.values.iter().copied().find(|&value| self.graph.shape(value) == shape);
        let binary = *self.random.one(&[Binary::Add, Binary::Add, Binary::Maximum, Binary::Multiply]);
        if let Some(sum) = self.add(Op::Binary(binary), &[x, other.unwrap_or(x)]) {
            self.add(Op::Unary(Unary::Relu), &[sum]);
        }
    }

    fn pooling(&mut self, x: ValueId) {
        let window =
            Window { kernel: [3, 2], stride: [2, 1], dilation: [1, 1], before: [1, 0], after: [0, 1] };
        self.add(Op::MaxPool(window), &[x]);
    }

    fn padding(&mut self, x: ValueId) {
        let value = *self.random.one(&[0.0, 0.0, 0.5]);
        let amounts = vec![(0, 0), (self.random.below(3), 1), (0, self.random.below(3)), (0, 0)];
        self.add(Op::Pad { amounts, value }, &[x]);
    }

    /// Rows as channels, and back again.
    fn other_extents(&mut self, x: ValueId) {
        let &[_, rows, columns, channels] = self.graph.shape(x) else { return };
        let shape = *self.random.one(&[[1, 1, channels, rows * columns], [1, columns, rows, channels]]);
        self.add(Op::Reshape(shape.to_vec()), &[x]);
    }

    /// Squeeze and excite.
    fn gate(&mut self, x: ValueId) {
        let channels = self.graph.shape(x)[3];
        let Some(mean) = self.add(Op::Reduce(Reduction::Mean, vec![1, 2]), &[x]) else { return };
        self.convolved_once(mean, 5);
        let squeezed = self.values[self.values.len() - 1];
        let Some(squeezed) = self.add(Op::Unary(Unary::Relu), &[squeezed]) else { return };
        self.convolved_once(squeezed, channels);
        let excited = self.values[self.values.len() - 1];
        if let Some(gate) = self.add(Op::Unary(Unary::Sigmoid), &[excited]) {
            self.add(Op::Binary(Binary::Multiply), &[gate, x]);
        }
    }

    fn convolved_once(&mut self, x: ValueId, outputs: usize) {
        let covered = self.graph.shape(x)[3];
        let weight = self.constant(vec![outputs, covered, 1, 1], 1.0 / (covered as f32).sqrt());
        let window =
            Window { kernel: [1, 1], stride: [1, 1], dilation: [1, 1], before: [0, 0], after: [0, 0] };
        self.add(Op::Convolution(Convolution { window, input_dilation: [1, 1], groups: 1 }), &[x, weight]);
    }

    fn concat(&mut self, x: ValueId) {
        let positions = self.graph.shape(x)[..3].to_vec();
        let fits = |value: &&ValueId| self.graph.shape(**value)[..3] == positions;
        let others: Vec<_> = self.values.iter().filter(fits).take(7).copied().collect();
        self.add(Op::Concat { axis: 3 }, &[&[x][..], &others].concat());
    }

    /// A matrix product of all positions.
    fn product(&mut self, x: ValueId) {
        let channels = self.graph.shape(x)[3];
        let transpose_b = self.random.below(2) == 0;
        let shape = if transpose_b { vec![10, channels] } else { vec![channels, 10] };
        let weight = self.constant(shape, 1.0 / (channels as f32).sqrt());
        self.add(Op::MatMul { transpose_a: false, transpose_b }, &[x, weight]);
    }
}

/// Numbers that look random (splitmix64).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// 0, 1, …
    fn below(&mut self, end: usize) -> usize {
        self.next() as usize % end
    }

    /// Between -1 and 1.
    fn number(&mut self) -> f32 {
        (self.next() >> 40) as f32 / (1u64 << 23) as f32 - 1.0
    }

    fn one<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.below(of.len())]
    }
}
