//! Several threads at one network: the same maps as one thread's, to the bit.
#![cfg(not(target_family = "wasm"))]

#[path = "common/native.rs"]
mod native;

use std::rc::Rc;
use std::thread;

use gradlens::cam::Method;
use gradlens::contract::Parts;
use gradlens::cpu::Team;
use gradlens::device::Device;
use gradlens::explainer::{Explainer, Options, Target};
use gradlens::onnx::Model;
use gradlens::picture::Picture;
use gradlens::preprocess::InputSize;
use native::Precision;

/// The built-in network on the threads of a team.
fn explainer(team: &Team) -> Explainer {
    let model = Model::read(Rc::new(native::model(Precision::F32)), &[]).expect("the model reads");
    let device = Device::cpu_with(team.clone());
    let loading = Explainer::new(model, Parts::default(), Parts::default(), device);
    pollster::block_on(loading).expect("it loads")
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
        input_size: InputSize::Exact { width: size, height: size },
        ..Options::default()
    };
    let targets = [Target::Class(3), Target::Class(281)];
    let found = pollster::block_on(explainer.explain_many(&picture(size), &targets, &options));
    found.expect("maps").into_iter().map(|found| (found.logit, found.map.values)).collect()
}

#[test]
fn any_number_of_threads_finds_the_same_maps() {
    let alone = explainer(&Team::ALONE);
    for threads in [2, 4, 8] {
        let team = Team::of(threads);
        thread::scope(|scope| {
            (1..threads).for_each(|_| drop(scope.spawn(|| team.help())));
            let together = explainer(&team);
            let same = [32, 96, 224, 448].map(|size| maps(&together, size) == maps(&alone, size));
            team.dismiss();
            assert_eq!(same, [true; 4], "{threads} threads");
        });
    }
}
