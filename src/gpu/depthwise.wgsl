// A convolution of each channel by itself, of one kernel and stride: what is written out for them stands between.
//
// x      [height][width][channels]      weight [kernel rows][kernel columns][channels]
// bias   [channels]                     y      [rows][columns][channels]
//
// An invocation makes one channel of 4 neighbouring columns and slides down a strip of rows. Each step reads
// the next lines of the input, as many as the stride, adds them to the rows that are still pending and stores the one
// that is complete. top and left: lines and columns of padding. A coordinate off the picture, below zero too, reads as
// zero.

struct Shape {
  height: u32, width: u32, channels: u32, rows: u32, columns: u32, top: u32, left: u32, strip: u32, {{parameters}}
}

{{bindings}}
{{finish}}
@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let height = shape.height;
  let width = shape.width;
  let channels = shape.channels;
  let rows = shape.rows;
  let columns = shape.columns;
  let tiles = (columns + 3u) / 4u;
  let i = invocation(id);
  let c = i % channels;
  let first = i / channels % tiles * 4u;
  let start = i / channels / tiles * shape.strip;
  if (start >= rows) { return; }
  let end = min(start + shape.strip, rows);

  let column = first * {{column_stride}} - shape.left;
{{taps}}
  let b = vec4f(bias[c]);
{{pending}}

  // The first steps only fill the pending rows; the row count wraps below zero.
  for (var row = start - {{before}}; row != end; row++) {
    let line = row * {{row_stride}} + {{kernel_rows}} - {{row_stride}} - shape.top;
{{lines}}
{{sums}}
    if (row >= start && row < end) {
      let at = (row * columns + first) * channels + c;
      let sums = finish(a0, 0u, 0u);
      y[at] = sums.x;
      if (first + 1u < columns) { y[at + channels] = sums.y; }
      if (first + 2u < columns) { y[at + 2u * channels] = sums.z; }
      if (first + 3u < columns) { y[at + 3u * channels] = sums.w; }
    }
{{next}}
  }
}
