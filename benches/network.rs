//! The network natively, from a picture to its maps: `cargo xtask bench --native`.

#[path = "../tests/common/golden.rs"]
mod golden;
#[path = "../tests/common/native.rs"]
mod native;

use criterion::{BatchSize, Criterion};
use golden::Golden;
use gradlens::cam::Method;
use gradlens::device::Device;
use gradlens::explainer::{Explainer, Options, Target};
use gradlens::picture::Picture;
use gradlens::preprocess::InputSize;
use native::Precision;

/// One more than the passes that an explainer keeps: in turn, each of them is new to it.
const PICTURES: u8 = 3;

fn main() {
    let mut criterion = Criterion::default().sample_size(20).configure_from_args();
    measure(&mut criterion, Device::cpu());
    match pollster::block_on(Device::webgpu()) {
        Ok(device) => measure(&mut criterion, device),
        Err(reason) => println!("webgpu is left out: {reason}"),
    }
    criterion.final_summary();
}

fn measure(criterion: &mut Criterion, device: Device) {
    let explainer =
        pollster::block_on(Explainer::load(native::model(Precision::F32), device)).expect("the model loads");
    let pictures = pictures();
    let mut group = criterion.benchmark_group(explainer.backend().to_string());
    let mut in_turn = pictures.iter().cycle();
    let mut new_picture = || in_turn.next().expect("an endless turn");
    group.bench_function("map of a new picture", |bencher| {
        bencher.iter_batched(
            &mut new_picture,
            |picture| explain(&explainer, picture, &[281]),
            BatchSize::PerIteration,
        );
    });
    // In turn as well: the newest gradients are kept.
    let mut classes = [[281], [282]].iter().cycle();
    group.bench_function("next class of a picture", |bencher| {
        bencher.iter_batched(
            || classes.next().expect("an endless turn"),
            |class| explain(&explainer, &pictures[0], class),
            BatchSize::PerIteration,
        );
    });
    group.bench_function("eight classes of a new picture", |bencher| {
        bencher.iter_batched(
            &mut new_picture,
            |picture| explain(&explainer, picture, &[281, 282, 283, 284, 285, 286, 287, 288]),
            BatchSize::PerIteration,
        );
    });
    group.finish();
}

fn explain(explainer: &Explainer, picture: &Picture, classes: &[usize]) -> usize {
    let options = Options {
        method: Method::GradCamPlusPlus,
        layer: Some("head".into()),
        input_size: InputSize::Exact { width: 224, height: 224 },
        ..Options::default()
    };
    let targets: Vec<_> = classes.iter().map(|&class| Target::Class(class)).collect();
    pollster::block_on(explainer.explain_many(picture, &targets, &options)).expect("maps").len()
}

/// The same photo, but for one value.
fn pictures() -> Vec<Picture> {
    let file = native::root().join("tests/golden/chelsea_224x224.safetensors");
    let mut golden = Golden::parse(&std::fs::read(file).expect("a golden file"));
    (0..PICTURES)
        .map(|value| {
            golden.rgb[0] = value;
            golden.picture()
        })
        .collect()
}
