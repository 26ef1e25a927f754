//! What a file is, by what it begins with.

use std::fmt;

/// The kinds that are told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Jpeg,
    Png,
    WebP,
    Gif,
    Bmp,
    Heic,
    Avif,
    JpegXl,
    Jpeg2000,
    Tiff,
    Photoshop,
    Icon,
    Svg,
    Pdf,
    /// No bytes at all.
    Nothing,
    /// None of these.
    Unknown,
}

/// Document types and comments may stand before a drawing.
const PROLOGUE: usize = 4096;

impl Kind {
    /// The kind of a file.
    pub fn of(bytes: &[u8]) -> Self {
        match bytes {
            [] => Self::Nothing,
            [0xff, 0xd8, 0xff, ..] => Self::Jpeg,
            [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => Self::Png,
            [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Self::WebP,
            [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => Self::Gif,
            [b'B', b'M', _, _, _, _, 0, 0, 0, 0, ..] => Self::Bmp,
            [b'I', b'I', b'*' | b'+', 0, ..] | [b'M', b'M', 0, b'*' | b'+', ..] => Self::Tiff,
            [b'8', b'B', b'P', b'S', ..] => Self::Photoshop,
            [0, 0, 1, 0, ..] => Self::Icon,
            [b'%', b'P', b'D', b'F', b'-', ..] => Self::Pdf,
            [0xff, 0x0a, ..] | [_, _, _, _, b'J', b'X', b'L', b' ', ..] => Self::JpegXl,
            [0xff, 0x4f, 0xff, 0x51, ..] | [_, _, _, _, b'j', b'P', b' ', b' ', ..] => Self::Jpeg2000,
            [_, _, _, _, b'f', b't', b'y', b'p', brands @ ..] => of_brands(brands),
            _ if is_drawing(bytes) => Self::Svg,
            _ => Self::Unknown,
        }
    }

    /// Why a file of this kind is not decoded, and what to do.
    pub(crate) fn refusal(self) -> String {
        let hint = match self {
            Self::Nothing => return "the file is empty".into(),
            Self::Unknown => {
                return "the file is no picture that is known: give a JPEG, PNG, WebP, GIF or BMP file"
                    .into();
            }
            Self::Heic => {
                "save it as JPEG; a phone can be set to take photos so, as the most compatible format"
            }
            Self::Svg => "a page draws it as an <img>, which can be given; elsewhere, save it as PNG",
            Self::Pdf => "it is a document: save the page or the picture in it as PNG",
            Self::Avif => "newer browsers read it; elsewhere, save it as JPEG or PNG",
            _ => "save it as JPEG or PNG",
        };
        format!("the file is {self}, which is not decoded here: {hint}")
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Jpeg => "JPEG",
            Self::Png => "PNG",
            Self::WebP => "WebP",
            Self::Gif => "GIF",
            Self::Bmp => "BMP",
            Self::Heic => "HEIC",
            Self::Avif => "AVIF",
            Self::JpegXl => "JPEG XL",
            Self::Jpeg2000 => "JPEG 2000",
            Self::Tiff => "TIFF",
            Self::Photoshop => "Photoshop's",
            Self::Icon => "ICO",
            Self::Svg => "SVG",
            Self::Pdf => "PDF",
            Self::Nothing => "empty",
            Self::Unknown => "unknown",
        })
    }
}

/// The kind of a file of ISO's media format, by the brands that it names.
fn of_brands(brands: &[u8]) -> Kind {
    let has = |names: &[&[u8; 4]]| {
        brands.chunks_exact(4).take(17).any(|brand| names.iter().any(|name| brand == name.as_slice()))
    };
    if has(&[b"avif", b"avis"]) {
        Kind::Avif
    } else if has(&[b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"]) {
        Kind::Heic
    } else {
        Kind::Unknown
    }
}

/// Whether the first element of a text, behind declarations and comments, is a drawing.
fn is_drawing(bytes: &[u8]) -> bool {
    let text = String::from_utf8_lossy(&bytes[..bytes.len().min(PROLOGUE)]);
    let mut rest = text.trim_start_matches('\u{feff}').trim_start();
    loop {
        let end = match rest {
            _ if rest.starts_with("<!--") => "-->",
            _ if rest.starts_with("<?") => "?>",
            _ if rest.starts_with("<!") => ">",
            _ => break,
        };
        let Some((_, behind)) = rest.split_once(end) else { return false };
        rest = behind.trim_start();
    }
    let Some(element) = rest.strip_prefix('<') else { return false };
    let name = element.split(|c: char| c.is_whitespace() || c == '>' || c == '/').next().unwrap_or_default();
    name == "svg" || name.ends_with(":svg")
}

#[cfg(test)]
mod tests {
    use super::Kind;

    #[test]
    fn kinds_are_known_by_their_first_bytes() {
        for (bytes, kind) in [
            (&b"\xff\xd8\xff\xe0"[..], Kind::Jpeg),
            (b"\x89PNG\r\n\x1a\n....", Kind::Png),
            (b"RIFF\x10\0\0\0WEBPVP8X", Kind::WebP),
            (b"RIFF\x10\0\0\0WAVEfmt ", Kind::Unknown),
            (b"GIF89a", Kind::Gif),
            (b"BM\x10\0\0\0\0\0\0\0", Kind::Bmp),
            (b"BMW is a car", Kind::Unknown),
            (b"MM\0*", Kind::Tiff),
            (b"%PDF-1.7", Kind::Pdf),
            (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", Kind::Heic),
            (b"\0\0\0\x18ftypmif1\0\0\0\0avifmif1", Kind::Avif),
            (b"\0\0\0\x18ftypisom\0\0\0\0isommp42", Kind::Unknown),
            (b"<?xml version='1.0'?>\n<!-- a > b --><!DOCTYPE svg>\n<svg>", Kind::Svg),
            (b"<html><svg>", Kind::Unknown),
            (b"", Kind::Nothing),
        ] {
            assert_eq!(Kind::of(bytes), kind, "{}", String::from_utf8_lossy(bytes));
        }
    }

    #[test]
    fn a_refusal_says_what_the_file_is_and_what_to_do() {
        assert!(Kind::Heic.refusal().contains("HEIC") && Kind::Heic.refusal().contains("JPEG"));
        assert!(Kind::Svg.refusal().contains("SVG") && Kind::Svg.refusal().contains("page"));
    }
}
