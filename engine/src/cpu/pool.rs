//! Maximum pooling and its gradient, all channels of a position side by side.

use super::run::Kernel;
use super::team::Team;
use crate::graph::Window;

/// `[N, H, W, C]` → the largest values that windows see, `[N, H', W', C]`
#[derive(Debug)]
pub(super) struct MaxPool(Sight);

/// g `[KN, H', W', C]` and x `[N, H, W, C]` → `[KN, H, W, C]`
#[derive(Debug)]
pub(super) struct MaxPoolBackward(Sight);

impl MaxPool {
    pub(super) fn new(window: &Window, input: &[usize]) -> Self {
        Self(Sight::new(window, input))
    }
}

impl MaxPoolBackward {
    /// `input` is the shape of x.
    pub(super) fn new(window: &Window, input: &[usize]) -> Self {
        Self(Sight::new(window, input))
    }
}

/// What windows see of an image.
#[derive(Debug)]
struct Sight {
    window: Window,
    /// Rows and columns.
    input: [usize; 2],
    channels: usize,
    /// Rows and columns of windows.
    steps: [usize; 2],
}

impl Sight {
    fn new(window: &Window, input: &[usize]) -> Self {
        let steps = [(0, input[1]), (1, input[2])].map(|(axis, extent)| window.steps(axis, extent, 1));
        Self { window: window.clone(), input: [input[1], input[2]], channels: input[3], steps }
    }

    /// Values of an image, and of what windows make of it.
    fn sizes(&self) -> [usize; 2] {
        [self.input, self.steps].map(|[rows, columns]| rows * columns * self.channels)
    }

    /// Where the channels begin that a window sees, row by row, without the padding.
    fn seen(&self, position: usize) -> impl Iterator<Item = usize> {
        let [rows, columns] = self.window.kernel;
        let at = [position / self.steps[1], position % self.steps[1]];
        let along = move |axis: usize, tap: usize| {
            let Window { stride, dilation, before, .. } = &self.window;
            let place = (at[axis] * stride[axis] + tap * dilation[axis]).checked_add_signed(-before[axis])?;
            (place < self.input[axis]).then_some(place)
        };
        let row = move |row: usize| Some(along(0, row)? * self.input[1]);
        let place = move |row: usize, column: usize| Some((row + along(1, column)?) * self.channels);
        (0..rows)
            .filter_map(row)
            .flat_map(move |row| (0..columns).filter_map(move |column| place(row, column)))
    }
}

impl Kernel for MaxPool {
    fn run(&self, inputs: &[&[f32]], output: &mut [f32], team: &Team) {
        let Self(sight) = self;
        let [image, pooled] = sight.sizes();
        if output.is_empty() {
            return;
        }
        for (x, y) in inputs[0].chunks_exact(image).zip(output.chunks_exact_mut(pooled)) {
            let piece = team.piece(pooled / sight.channels, 1);
            team.share(y.chunks_mut(piece * sight.channels).enumerate(), |(at, y)| {
                for (position, y) in (at * piece..).zip(y.chunks_exact_mut(sight.channels)) {
                    y.fill(f32::NEG_INFINITY);
                    for at in sight.seen(position) {
                        y.iter_mut().zip(&x[at..]).for_each(|(y, x)| *y = if *x > *y { *x } else { *y });
                    }
                }
            });
        }
    }
}

impl Kernel for MaxPoolBackward {
    fn run(&self, inputs: &[&[f32]], output: &mut [f32], _team: &Team) {
        let (Self(sight), [g, x]) = (self, inputs) else { return };
        let ([image, pooled], channels) = (sight.sizes(), sight.channels);
        output.fill(0.0);
        if x.is_empty() || g.is_empty() {
            return;
        }
        let (mut largest, mut places) = (vec![0.0; channels], vec![0; channels]);
        for (first, seen) in x.chunks_exact(image).enumerate() {
            for position in 0..pooled / channels {
                let mut places_seen = sight.seen(position);
                let Some(at) = places_seen.next() else { continue };
                largest.copy_from_slice(&seen[at..][..channels]);
                places.fill(at);
                for at in places_seen {
                    let values = seen[at..].iter().zip(&mut largest).zip(&mut places);
                    values.for_each(|((x, largest), place)| {
                        (*largest, *place) = if *x > *largest { (*x, at) } else { (*largest, *place) };
                    });
                }
                // Every gradient that is one of this image.
                for gradient in (first..g.len() / pooled).step_by(x.len() / image) {
                    let g = &g[gradient * pooled + position * channels..][..channels];
                    let output = &mut output[gradient * image..][..image];
                    for (channel, (g, place)) in g.iter().zip(&places).enumerate() {
                        output[place + channel] += g;
                    }
                }
            }
        }
    }
}
