//! What a WebP file claims, looked through before it is decoded: the decoder takes each chunk at its word for memory.

/// Whether all chunks lie in the file, and no picture in it is larger than its canvas.
pub fn is_plausible(bytes: &[u8]) -> bool {
    bytes.get(12..).is_some_and(|chunks| fit(chunks, None))
}

/// Whether chunks are whole, and their pictures within a size, if there is one.
fn fit(mut chunks: &[u8], mut canvas: Option<(u32, u32)>) -> bool {
    while let [a, b, c, d, length @ ..] = chunks
        && let Some((length, rest)) = length.split_first_chunk()
    {
        let length = u32::from_le_bytes(*length) as usize;
        let Some(data) = rest.get(..length) else { return false };
        let fits = match &[*a, *b, *c, *d] {
            b"VP8X" => {
                canvas = size24(data.get(4..));
                canvas.is_some()
            }
            b"VP8 " => within(lossy_size(data), canvas),
            b"VP8L" => within(lossless_size(data), canvas),
            b"ANMF" => {
                let size = size24(data.get(6..));
                within(size, canvas) && data.get(16..).is_some_and(|chunks| fit(chunks, size))
            }
            _ => true,
        };
        if !fits {
            return false;
        }
        // Chunks begin at even places.
        chunks = rest.get(length + length % 2..).unwrap_or_default();
    }
    true
}

fn within(size: Option<(u32, u32)>, canvas: Option<(u32, u32)>) -> bool {
    let (Some((width, height)), Some((most_width, most_height))) = (size, canvas.or(size)) else {
        return false;
    };
    width <= most_width && height <= most_height
}

/// Width and height less one, of 24 bits each.
fn size24(data: Option<&[u8]>) -> Option<(u32, u32)> {
    let side = |bytes: &[u8]| 1 + u32::from_le_bytes([bytes[0], bytes[1], bytes[2], 0]);
    data.filter(|data| data.len() >= 6).map(|data| (side(data), side(&data[3..])))
}

/// RFC 6386, section 9.1.
fn lossy_size(data: &[u8]) -> Option<(u32, u32)> {
    let side = |at: usize| Some(u32::from(u16::from_le_bytes([*data.get(at)?, *data.get(at + 1)?]) & 0x3fff));
    Some((side(6)?, side(8)?))
}

/// RFC 9649, section 3.4: 14 bits each, less one.
fn lossless_size(data: &[u8]) -> Option<(u32, u32)> {
    let bits = u32::from_le_bytes(*data.get(1..)?.first_chunk()?);
    Some((1 + (bits & 0x3fff), 1 + (bits >> 14 & 0x3fff)))
}
