//! Odd pictures on their way to the network.

use gradlens::contract::{Contract, Resize};
use gradlens::picture::Picture;
use gradlens::preprocess::{InputSize, MAX_INPUT_PIXELS, NetworkInput};
use proptest::prelude::*;
use proptest::sample::select;

use crate::arguments::{STRIDE, contract};
use crate::{runs, within};

/// Dots, strips of any length and ordinary pictures.
fn sides() -> impl Strategy<Value = (usize, usize)> {
    let strip = (1usize..=3, 1usize..=70_000);
    prop_oneof![
        (1usize..=9, 1usize..=9),
        strip.clone(),
        strip.prop_map(|(short, long)| (long, short)),
        (1usize..=500, 1usize..=500),
    ]
}

/// Sizes that the network takes, down to strips.
fn input_size() -> impl Strategy<Value = InputSize> {
    let cells = MAX_INPUT_PIXELS / STRIDE / STRIDE;
    let strip = (1..=cells).prop_map(|cells| cells * STRIDE);
    prop_oneof![
        (1usize..=8).prop_map(|cells| InputSize::ShortSide(cells * STRIDE)),
        (1usize..=8).prop_map(|cells| InputSize::LongSide(cells * STRIDE)),
        strip.clone().prop_map(|width| InputSize::Exact { width, height: STRIDE }),
        strip.prop_map(|height| InputSize::Exact { width: STRIDE, height }),
    ]
}

proptest! {
    #![proptest_config(runs(24))]

    #[test]
    fn odd_pictures_fit_the_network(
        (width, height) in sides(),
        run in prop::collection::vec(any::<u8>(), 1..97),
        alpha in select(vec![None, Some(0), Some(u8::MAX)]),
        contract in contract(),
        size in input_size(),
    ) {
        // Sizes are multiples of what the shipped network takes.
        let contract = match contract.resize {
            Resize::Fit { .. } => Contract { resize: Resize::Fit { multiple: STRIDE }, ..contract },
            _ => contract,
        };
        let mut rgba: Vec<u8> = run.into_iter().cycle().take(width * height * 4).collect();
        if let Some(alpha) = alpha {
            rgba.chunks_exact_mut(4).for_each(|pixel| pixel[3] = alpha);
        }
        let picture = match Picture::new(rgba, width, height) {
            Ok(picture) => picture,
            Err(error) => {
                prop_assert_eq!(error.code(), "image-too-large");
                return Ok(());
            }
        };
        // Twice the picture and what scales it, whatever its aspect.
        let most = 2 * 4 * width * height + 32_000_000;
        let input = within(most, || NetworkInput::new(&picture, size, &contract)).expect("a size that fits");
        prop_assert_eq!((input.width(), input.height()), size.resolve(&contract, width, height).expect("a size that fits"));
        if alpha == Some(0) {
            let black = [0, 0, 0, u8::MAX].repeat(width * height);
            let black = Picture::new(black, width, height).expect("a picture of the same size");
            prop_assert_eq!(&input, &NetworkInput::new(&black, size, &contract).expect("a size that fits"));
        }
    }
}
