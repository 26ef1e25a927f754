//! Two threads at one network: the same maps as one thread's, and an answer where the second one is lost.
#![cfg(not(target_family = "wasm"))]

#[path = "common/native.rs"]
mod native;

use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;

use gradlens::cam::Method;
use gradlens::cpu::{Partner, PartnerLost};
use gradlens::explainer::{Explainer, Options, Target};
use gradlens::picture::Picture;
use gradlens::preprocess::InputSize;
use native::Precision;

/// What an assistant is asked to run: values, their shape, and what is wanted.
type Asked = (Vec<f32>, Vec<usize>, Vec<usize>);

/// One end of a pair of threads.
#[derive(Debug)]
struct End {
    asked: Sender<Asked>,
    sums: Sender<Vec<f32>>,
    others: Receiver<Vec<f32>>,
}

impl Partner for End {
    fn start(&self, input: &[f32], shape: &[usize], wanted: &[usize]) -> Result<(), PartnerLost> {
        self.asked.send((input.to_vec(), shape.to_vec(), wanted.to_vec())).map_err(|_| PartnerLost)
    }

    fn swap(&self, own: &[f32], others: &mut [f32]) -> Result<(), PartnerLost> {
        self.sums.send(own.to_vec()).map_err(|_| PartnerLost)?;
        others.copy_from_slice(&self.others.recv().map_err(|_| PartnerLost)?);
        Ok(())
    }
}

/// A partner in a thread of its own, which leaves after so many runs.
fn partner(runs: usize) -> End {
    let ((to_assistant, own), (to_network, others)) = (channel(), channel());
    let (asked, queue) = channel();
    let end = End { asked: asked.clone(), sums: to_assistant, others };
    thread::spawn(move || {
        let explainer = native::explainer(Precision::F32);
        let end = End { asked, sums: to_network, others: own };
        for (input, shape, wanted) in queue.iter().take(runs) {
            explainer.assist(&end, input, &shape, &wanted).expect("the network answers");
        }
    });
    end
}

/// A picture of noise.
fn picture(size: usize) -> Picture {
    let mut state = 1_u32;
    let rgba = std::iter::repeat_with(|| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 24) as u8
    });
    Picture::new(rgba.take(size * size * 4).collect(), size, size).expect("a picture")
}

/// The logits of two classes and their maps.
fn maps(explainer: &Explainer, size: usize) -> Vec<(f32, Vec<f32>)> {
    let options = Options {
        method: Method::GradCamPlusPlus,
        layer: None,
        input_size: InputSize::Exact { width: size, height: size },
    };
    let targets = [Target::Class(3), Target::Class(281)];
    let found = pollster::block_on(explainer.explain_many(&picture(size), &targets, &options));
    found.expect("maps").into_iter().map(|found| (found.logit, found.map.values)).collect()
}

#[test]
fn two_threads_find_what_one_does() {
    let alone = native::explainer(Precision::F32);
    let together = native::explainer(Precision::F32);
    together.share_with(Box::new(partner(usize::MAX)));
    for size in [32, 96, 224] {
        assert!(maps(&together, size) == maps(&alone, size), "{size} x {size} is another one");
    }
}

#[test]
fn a_partner_that_is_lost_is_done_without() {
    let alone = native::explainer(Precision::F32);
    let together = native::explainer(Precision::F32);
    together.share_with(Box::new(partner(1)));
    for size in [64, 96, 128] {
        assert!(maps(&together, size) == maps(&alone, size), "{size} x {size} is another one's");
    }
}
