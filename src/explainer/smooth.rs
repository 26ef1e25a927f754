//! Smoother maps: the mean over changed copies of the picture, or the first principal part of what a method adds up.

use std::cell::Cell;
use std::rc::Rc;

use super::maps::{Manner, with_gradient};
use super::pass::Pass;
use super::target::Target;
use super::{Explainer, Options};
use crate::Result;
use crate::picture::Picture;
use crate::preprocess::NetworkInput;
use crate::saliency::SaliencyMap;
use crate::session::Progress;

/// How maps are made smoother.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Smooth {
    /// The mean of the maps of six copies of the picture: as it is and mirrored, each at 0.9, 1 and 1.1 of its brightness. Six
    /// times the cost.
    Copies,
    /// The first principal part of a method's terms, one a channel, in place of their sum.
    Eigen,
}

/// Tenths of the picture's brightness.
const LIGHTS: [usize; 3] = [9, 10, 11];

/// Which part of how many a call is at, each of which counts the same.
pub(super) type Parts = Rc<Cell<(usize, usize)>>;

/// The progress of a call of parts.
pub(super) fn of_all(progress: Progress, (done, all): (usize, usize)) -> Progress {
    if all == 1 {
        progress
    } else {
        Progress { share: (done as f64 + progress.share) / all as f64, layer: None }
    }
}

/// A call is whole again, however it ends.
struct Whole<'a>(&'a Parts);

impl Drop for Whole<'_> {
    fn drop(&mut self) {
        self.0.set((0, 1));
    }
}

impl Explainer {
    /// The map of each target at the layers that are asked for, smoothed as it is asked for.
    pub(super) async fn smooth_maps(
        &self,
        picture: &Picture,
        pass: &Pass,
        layers: &[usize],
        targets: &[Target],
        options: &Options,
    ) -> Result<Vec<SaliencyMap>> {
        let manner = Manner {
            sampling: options.sampling,
            signed: options.signed,
            is_eigen: options.smooth == Some(Smooth::Eigen),
        };
        if options.smooth != Some(Smooth::Copies) {
            return self.maps_at(pass, layers, targets, options, manner).await;
        }
        let whole = Whole(&self.parts);
        let mut means: Vec<SaliencyMap> = Vec::new();
        let copies: Vec<_> = [false, true]
            .into_iter()
            .flat_map(|is_mirrored| LIGHTS.map(|light| (is_mirrored, light)))
            .collect();
        for (at, &(is_mirrored, light)) in copies.iter().enumerate() {
            whole.0.set((at, copies.len()));
            let input =
                NetworkInput::new(&copy(picture, is_mirrored, light)?, options.input_size, &self.contract)?;
            let wanted = with_gradient(options.method, layers, &pass.session);
            let pass = self.pass(input, &wanted).await?;
            let maps = self.maps_at(&pass, layers, targets, options, manner).await?;
            for (at, mut map) in maps.into_iter().enumerate() {
                if is_mirrored {
                    map.values.chunks_exact_mut(map.width).for_each(<[f32]>::reverse);
                }
                map.values.iter_mut().for_each(|value| *value /= copies.len() as f32);
                match means.get_mut(at) {
                    Some(mean) => {
                        mean.values.iter_mut().zip(map.values).for_each(|(mean, value)| *mean += value)
                    }
                    None => means.push(map),
                }
            }
        }
        Ok(means)
    }

    async fn maps_at(
        &self,
        pass: &Pass,
        layers: &[usize],
        targets: &[Target],
        options: &Options,
        manner: Manner,
    ) -> Result<Vec<SaliencyMap>> {
        match &options.fused {
            Some(fused) => self.fused_maps(pass, options.method, fused.by, layers, targets, manner).await,
            None => self.maps(pass, options.method, layers[0], targets, manner).await,
        }
    }
}

/// A picture darker or brighter by so many tenths, perhaps mirrored.
fn copy(picture: &Picture, is_mirrored: bool, light: usize) -> Result<Picture> {
    let mut rgba = Vec::with_capacity(4 * picture.width() * picture.height());
    for row in 0..picture.height() {
        let row = picture.rows(row..row + 1)?;
        let (row, _) = row.as_chunks::<4>();
        for at in 0..row.len() {
            let [r, g, b, alpha] = row[if is_mirrored { row.len() - 1 - at } else { at }];
            let lit = |value: u8| ((usize::from(value) * light + 5) / 10).min(255) as u8;
            rgba.extend([lit(r), lit(g), lit(b), alpha]);
        }
    }
    Picture::new(rgba, picture.width(), picture.height())
}
