//! What is known of each method.

use super::recipe::Recipe;

/// What is known of a method.
#[derive(Debug, Clone, Copy)]
pub struct Entry {
    /// What people call it in calls.
    pub name: &'static str,
    /// Who published it, and when.
    pub paper: &'static str,
    /// With what it belongs together.
    pub family: Family,
    /// Where it is defined.
    pub needs: Needs,
    /// How its map is made.
    pub recipe: Recipe,
}

/// What methods have in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Family {
    /// A layer's activation, weighed by a gradient.
    Gradient,
    /// A layer's activation alone: no class.
    Activation,
    /// What the blocks of a transformer look at.
    Attention,
    /// Scores of changed pictures or layers: no gradient.
    Score,
    /// Gradients with respect to the picture's pixels.
    Pixel,
}

/// Where a method is defined, and where it is taken if nobody says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Needs {
    /// What a head of pooling and one linear layer pools.
    Head,
    /// A layer.
    Layer,
    /// A layer; what speaks against the class is dropped at each position or channel, so that it does better before a final
    /// 1x1 convolution.
    Positive,
    /// The picture itself, and no other layer.
    Picture,
    /// Blocks of attention between a class token and all positions: all of them, and no other layer.
    Blocks,
}

impl Family {
    /// What programs call it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Gradient => "gradient",
            Self::Activation => "activation",
            Self::Attention => "attention",
            Self::Score => "score",
            Self::Pixel => "pixel",
        }
    }
}

/// The methods of a table: an enumeration, and the entry of each.
macro_rules! table {
    ($($method:ident = $name:literal, $paper:literal, $family:expr, $needs:expr, $recipe:expr;)+) => {
        /// How a map is made.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Method {
            $(#[doc = concat!("`", $name, "`, ", $paper, ".")] $method,)+
        }

        impl Method {
            /// Every method.
            pub const ALL: &'static [Self] = &[$(Self::$method),+];

            /// What is known of it.
            pub fn entry(self) -> &'static $crate::cam::table::Entry {
                &ENTRIES[self as usize]
            }
        }

        static ENTRIES: &[$crate::cam::table::Entry] = &[$($crate::cam::table::Entry {
            name: $name,
            paper: $paper,
            family: $family,
            needs: $needs,
            recipe: $recipe,
        }),+];
    };
}

pub(super) use table;
