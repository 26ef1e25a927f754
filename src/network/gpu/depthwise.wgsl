// A depthwise convolution with ReLU6. KERNEL and STRIDE are defined before this text, and what is written
// out for them stands in place of the lines that begin with //#.
//
// x      [height][width][channels]      weight [KERNEL rows][KERNEL columns][channels]
// bias   [channels]                     y      [rows][columns][channels]
//
// An invocation makes one channel of 4 neighbouring columns and slides down a strip of rows. Each step reads
// the next STRIDE lines of the input, adds them to the rows that are still pending and stores the one that is
// complete. top and left: lines and columns of padding. A coordinate off the picture, below zero too, reads as
// zero.

struct Shape { height: u32, width: u32, channels: u32, rows: u32, columns: u32, top: u32, left: u32, strip: u32 }

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> weight: array<f32>;
@group(0) @binding(2) var<storage, read> bias: array<f32>;
@group(0) @binding(3) var<storage, read_write> y: array<f32>;
@group(0) @binding(4) var<storage, read> shape: Shape;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let height = shape.height;
  let width = shape.width;
  let channels = shape.channels;
  let rows = shape.rows;
  let columns = shape.columns;
  let tiles = (columns + 3u) / 4u;
  let c = id.x % channels;
  let first = id.x / channels % tiles * 4u;
  let start = id.x / channels / tiles * shape.strip;
  if (start >= rows) { return; }
  let end = min(start + shape.strip, rows);

  let column = first * STRIDE - shape.left;
  //# columns
  //# weights
  let b = vec4f(bias[c]);
  //# pending

  // The first steps only fill the pending rows; the row count wraps below zero.
  for (var row = start - (KERNEL - 1u) / STRIDE; row != end; row++) {
    let line = row * STRIDE + KERNEL - STRIDE - shape.top;
    //# lines
    //# sums
    if (row >= start && row < end) {
      let at = (row * columns + first) * channels + c;
      let sums = clamp(a0, vec4f(0), vec4f(6));
      y[at] = sums.x;
      if (first + 1u < columns) { y[at + channels] = sums.y; }
      if (first + 2u < columns) { y[at + 2u * channels] = sums.z; }
      if (first + 3u < columns) { y[at + 3u * channels] = sums.w; }
    }
    //# next
  }
}
