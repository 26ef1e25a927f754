//! Tensors that are known before any picture is: weights, and what follows from them.

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;
use std::rc::Rc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::Number;
use crate::Result;

/// A known tensor, row-major. Its values may still lie in the model's file, and are read when they are needed:
/// a network's weights are never all in memory twice.
#[derive(Clone)]
pub struct Constant<T> {
    shape: Vec<usize>,
    values: Values<T>,
}

#[derive(Clone)]
enum Values<T> {
    Known(Rc<[T]>),
    Lazy {
        read: Rc<dyn Fn() -> Result<Vec<T>>>,
        /// What tells these values from others.
        identity: u64,
    },
    Stored {
        part: Rc<dyn Fn(Range<usize>) -> Result<Vec<T>>>,
        identity: u64,
    },
}

/// Identities of values that nobody named.
static NEXT_IDENTITY: AtomicU64 = AtomicU64::new(1 << 63);

impl<T: Number> Constant<T> {
    /// Of values that are there. `values` must be as many as the shape says.
    pub fn new(shape: Vec<usize>, values: impl Into<Rc<[T]>>) -> Self {
        let values = values.into();
        debug_assert_eq!(values.len(), shape.iter().product::<usize>(), "a shape of {shape:?}");
        Self { shape, values: Values::Known(values) }
    }

    /// Of values that `read` gives each time they are asked for.
    pub fn lazy(shape: Vec<usize>, read: impl Fn() -> Result<Vec<T>> + 'static) -> Self {
        let identity = NEXT_IDENTITY.fetch_add(1, Ordering::Relaxed);
        Self { shape, values: Values::Lazy { read: Rc::new(read), identity } }
    }

    /// Of values that `read` makes of other constants each time they are asked for: the same name, extents and
    /// constants have the same [identity](Self::identity).
    pub fn derived<const N: usize>(
        name: &str,
        from: [Self; N],
        shape: Vec<usize>,
        read: impl Fn(&[Self; N]) -> Result<Vec<T>> + 'static,
    ) -> Self {
        let extents = |shape: &[usize]| shape.iter().map(|&extent| extent as u64).collect::<Vec<_>>();
        let inputs = from.iter().flat_map(|from| [vec![from.identity()], extents(&from.shape)].concat());
        let identity = hash(inputs.chain(extents(&shape)).chain(name.bytes().map(u64::from)));
        Self { shape, values: Values::Lazy { read: Rc::new(move || read(&from)), identity } }
    }

    /// Of values that are stored somewhere, where `part` reads any of them. They have a name: all constants of one model
    /// and this name have the same [identity](Self::identity).
    pub fn stored(
        shape: Vec<usize>,
        name: &str,
        part: impl Fn(Range<usize>) -> Result<Vec<T>> + 'static,
    ) -> Self {
        let identity = hash(name.bytes().map(u64::from));
        Self { shape, values: Values::Stored { part: Rc::new(part), identity } }
    }

    /// A single value without axes.
    pub fn scalar(value: T) -> Self {
        Self::new(Vec::new(), [value])
    }

    /// Extents, outermost first.
    pub fn shape(&self) -> &[usize] {
        &self.shape
    }

    /// How many values there are.
    pub fn len(&self) -> usize {
        self.shape.iter().product()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The values, shared.
    ///
    /// # Errors
    /// What reading the model's file leads to.
    pub fn read(&self) -> Result<Rc<[T]>> {
        match &self.values {
            Values::Known(values) => Ok(values.clone()),
            _ => self.values().map(Rc::from),
        }
    }

    /// The values, copied only if somebody else has them.
    ///
    /// # Errors
    /// As [`Self::read`].
    pub fn values(&self) -> Result<Cow<'_, [T]>> {
        match &self.values {
            Values::Known(values) => Ok(Cow::Borrowed(values)),
            Values::Lazy { read, .. } => read().map(Cow::Owned),
            Values::Stored { part, .. } => part(0..self.len()).map(Cow::Owned),
        }
    }

    /// The values in their order, at most so many at once; not all of them are in memory then if they are stored.
    ///
    /// # Errors
    /// As [`Self::read`].
    pub fn read_in_parts(&self, at_once: usize, mut take: impl FnMut(&[T])) -> Result<()> {
        if let Values::Stored { part, .. } = &self.values {
            for first in (0..self.len()).step_by(at_once) {
                take(&part(first..self.len().min(first + at_once))?);
            }
        } else {
            self.values()?.chunks(at_once).for_each(take);
        }
        Ok(())
    }

    /// The same values, in other extents of the same product.
    pub fn reshaped(&self, shape: Vec<usize>) -> Self {
        debug_assert_eq!(self.len(), shape.iter().product::<usize>(), "{:?} as {shape:?}", self.shape);
        Self { shape, values: self.values.clone() }
    }

    /// With its axes in another order: axis `i` of the result is axis `order[i]` of this.
    pub fn permuted(&self, order: &[usize]) -> Self {
        if order.iter().copied().eq(0..order.len()) {
            return self.clone();
        }
        let shape = order.iter().map(|&axis| self.shape[axis]).collect();
        let (from, moved) = (self.shape.clone(), order.to_vec());
        self.map_named(&format!("permuted {order:?}"), shape, move |values| permute(values, &from, &moved))
    }

    /// Of what `change` makes of the values. Computed at once if these are there, else each time they are read.
    pub fn map(&self, shape: Vec<usize>, change: impl Fn(&[T]) -> Vec<T> + 'static) -> Self {
        match &self.values {
            Values::Known(values) => Self::new(shape, change(values)),
            _ => {
                let constant = self.clone();
                Self::lazy(shape, move || Ok(change(&constant.values()?)))
            }
        }
    }

    /// As [`Self::map`], by a change that has a name: the same change of the same values has the same
    /// [identity](Self::identity).
    pub fn map_named(
        &self,
        name: &str,
        shape: Vec<usize>,
        change: impl Fn(&[T]) -> Vec<T> + 'static,
    ) -> Self {
        match &self.values {
            Values::Known(values) => Self::new(shape, change(values)),
            _ => Self::derived(name, [self.clone()], shape, move |[from]| Ok(change(&from.values()?))),
        }
    }

    /// What tells these values from all others of the model, whatever their extents: a hash of the values themselves
    /// or of the name under which they are read, or a number of their own.
    pub fn identity(&self) -> u64 {
        match &self.values {
            Values::Known(values) => hash(values.iter().map(|value| value.to_f64().to_bits())),
            Values::Lazy { identity, .. } | Values::Stored { identity, .. } => *identity,
        }
    }
}

/// FNV-1a, a word at a time, and stirred (splitmix64's end), in the lower half of all numbers.
fn hash(words: impl Iterator<Item = u64>) -> u64 {
    let hash = words.fold(0xCBF2_9CE4_8422_2325u64, |hash, word| {
        let mut z = (hash ^ word).wrapping_mul(0x0000_0100_0000_01B3);
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z ^ (z >> 31)
    });
    hash >> 1
}

impl<T> fmt::Debug for Constant<T> {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "Constant{:?}", self.shape)
    }
}

/// Values with their axes in another order: axis `i` of the result is axis `order[i]` of `shape`.
pub fn permute<T: Copy>(values: &[T], shape: &[usize], order: &[usize]) -> Vec<T> {
    let strides = strides(shape);
    let extents: Vec<_> = order.iter().map(|&axis| (shape[axis], strides[axis])).collect();
    let mut permuted = Vec::with_capacity(values.len());
    if !values.is_empty() {
        visit(&extents, 0, &mut |at| permuted.push(values[at]));
    }
    permuted
}

/// Every position of nested axes, each an extent and a stride.
fn visit(axes: &[(usize, usize)], at: usize, place: &mut impl FnMut(usize)) {
    match axes {
        [] => place(at),
        &[(extent, stride)] => (0..extent).for_each(|step| place(at + step * stride)),
        [(extent, stride), inner @ ..] => {
            (0..*extent).for_each(|step| visit(inner, at + step * stride, place));
        }
    }
}

/// From one position along each axis to the next, in values of a row-major tensor.
pub fn strides(shape: &[usize]) -> Vec<usize> {
    let mut strides = vec![1; shape.len()];
    for axis in (1..shape.len()).rev() {
        strides[axis - 1] = strides[axis] * shape[axis];
    }
    strides
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_change_of_the_same_values_is_the_same() {
        let named = |name| Constant::<f32>::stored(vec![2, 3], name, |part| Ok(vec![0.0; part.len()]));
        assert_eq!(named("a").permuted(&[1, 0]).identity(), named("a").permuted(&[1, 0]).identity());
        assert_ne!(named("a").identity(), named("b").identity());
        assert_ne!(named("a").identity(), named("a").permuted(&[1, 0]).identity());
        let known = |last| Constant::new(vec![2], [1.0f32, last]);
        assert_eq!(known(2.0).identity(), known(2.0).identity());
        assert_ne!(known(2.0).identity(), known(2.5).identity());
    }

    #[test]
    fn parts_are_the_whole() -> Result<()> {
        let values: Vec<_> = (0..7).map(|at| at as f32).collect();
        let (read, part) = (values.clone(), values.clone());
        for constant in [
            Constant::new(vec![7], values.clone()),
            Constant::lazy(vec![7], move || Ok(read.clone())),
            Constant::stored(vec![7], "w", move |range| Ok(part[range].to_vec())),
        ] {
            let mut parts = Vec::new();
            constant.read_in_parts(3, |part| parts.push(part.to_vec()))?;
            assert_eq!(parts.iter().map(Vec::len).collect::<Vec<_>>(), [3, 3, 1]);
            assert_eq!((parts.concat(), constant.read()?.to_vec()), (values.clone(), values.clone()));
        }
        Ok(())
    }

    #[test]
    fn axes_change_places() -> Result<()> {
        let constant = Constant::new(vec![2, 3], [1.0f32, 2.0, 3.0, 4.0, 5.0, 6.0]).permuted(&[1, 0]);
        assert_eq!(constant.shape(), [3, 2]);
        assert_eq!(*constant.read()?, [1.0, 4.0, 2.0, 5.0, 3.0, 6.0]);
        Ok(())
    }

    #[test]
    fn three_axes_turn() {
        let values: Vec<_> = (0..24).collect();
        let turned = permute(&values, &[2, 3, 4], &[2, 0, 1]);
        assert_eq!(turned[..6], [0, 4, 8, 12, 16, 20]);
    }
}
