//! Bytes that are no model.

use gradlens::Error;

use crate::onnx_build::classifier;
use crate::onnx_write::{Message, encode};
use crate::{assert_refused, read};

#[test]
fn other_files_are_named_with_the_way_to_export() {
    let zip = |name: &str| [b"PK\x03\x04".as_slice(), &[0; 40], name.as_bytes(), b"PK\x05\x06"].concat();
    let safetensors = b"\x40\0\0\0\0\0\0\0{\"conv.weight\":{\"dtype\":\"F32\"".to_vec();
    for (file, words) in [
        (zip("model/network.onnx"), ["a zip archive", "unpack"]),
        (zip("archive/data.pkl"), ["PyTorch", "torch.onnx.export"]),
        (b"\x80\x02}q\0(X\x05\0\0\0".to_vec(), ["PyTorch", "torch.onnx.export"]),
        (b"\x89HDF\r\n\x1a\n\0\0\0".to_vec(), ["Keras", "export"]),
        (b"\x1c\0\0\0TFL3\0\0".to_vec(), ["TensorFlow Lite", "tf2onnx"]),
        (safetensors, ["safetensors", "export"]),
        (
            b"<!DOCTYPE html><html><head><title>Models</title></head>".to_vec(),
            ["a web page", "download link"],
        ),
        (Vec::new(), ["empty", "again"]),
    ] {
        assert_refused(read(file), "invalid-model", &words);
    }
}

#[test]
fn a_file_that_is_cut_short_anywhere_is_refused() {
    let whole = encode(&classifier());
    for length in 0..whole.len() {
        assert_refused(read(whole[..length].to_vec()), "invalid-model", &[]);
    }
}

#[test]
fn graphs_in_graphs_end_somewhere() {
    let graph = (0..5000).fold(Message::default(), |graph, _| {
        let attribute = Message::default().text(1, "then_branch").message(6, graph).int(20, 5);
        Message::default().message(1, Message::default().text(4, "If").text(2, "y").message(5, attribute))
    });
    let file = Message::default().int(1, 10).message(7, graph).message(8, Message::default().int(2, 21));
    assert_refused(read(file.0), "invalid-model", &["nested deeper"]);
}

#[test]
fn lengths_are_not_believed() {
    for length in [1 << 32, 1 << 63, u64::MAX] {
        for field in [2, 7, 14] {
            let file = Message::default().int(1, 10).announced(field, length);
            assert_refused(read(file.0), "invalid-model", &["bytes are announced and 0 are left"]);
        }
    }
}

#[test]
fn a_flood_of_parts_is_refused_before_it_fills_the_memory() {
    let node = Message::default().message(1, Message::default()).0;
    let graph = Message(node.repeat(5_000_000));
    let file = Message::default().int(1, 10).message(7, graph).message(8, Message::default().int(2, 21));
    assert_refused(read(file.0), "unsupported-model", &["too many parts"]);
}

#[test]
fn types_that_are_not_read_are_named() {
    let weight = Message::default().int(1, 1).int(2, 17).text(8, "conv.weight").bytes(9, &[0]);
    let graph = Message::default().message(5, weight).message(12, Message::default().text(1, "conv.weight"));
    let file = Message::default().int(1, 10).message(7, graph).message(8, Message::default().int(2, 21));
    assert_refused(read(file.0), "unsupported-model", &["\"conv.weight\"", "FLOAT8E4M3FN"]);
}

#[test]
fn any_bit_may_be_flipped() {
    let whole = encode(&classifier());
    for at in 0..whole.len() {
        for bit in 0..8 {
            let mut file = whole.clone();
            file[at] ^= 1 << bit;
            let model = read(file).map(drop);
            let is_typed = matches!(
                model,
                Ok(()) | Err(Error::InvalidModel(_) | Error::Unsupported(_) | Error::MissingData(_))
            );
            assert!(is_typed, "bit {bit} of byte {at}: {model:?}");
        }
    }
}
