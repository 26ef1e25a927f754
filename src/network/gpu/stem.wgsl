// The first convolution: 3x3, stride 2, from colour planes to 32 channels, with ReLU6.
//
// x      [3][height][width]             weight [3 colours][3 rows][3 columns][32]
// bias   [32]                           y      [rows][columns][32]
//
// An invocation makes 8 channels of 4 neighbours in a row. height and width are even, so padding is
// needed at the right and the bottom only.

struct Shape { height: u32, width: u32, rows: u32, columns: u32 }

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> weight: array<vec4f>;
@group(0) @binding(2) var<storage, read> bias: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> y: array<vec4f>;
@group(0) @binding(4) var<storage, read> shape: Shape;

// Four channels of four neighbours.
fn store(at: u32, sums: mat4x4f) {
  y[at] = clamp(sums[0], vec4f(0), vec4f(6));
  y[at + 8u] = clamp(sums[1], vec4f(0), vec4f(6));
  y[at + 16u] = clamp(sums[2], vec4f(0), vec4f(6));
  y[at + 24u] = clamp(sums[3], vec4f(0), vec4f(6));
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let tiles = shape.columns / 4u;
  let o = id.x % 4u * 2u;
  let first = id.x / 4u % tiles * 4u;
  let row = id.x / 4u / tiles;
  if (row >= shape.rows) { return; }

  let b0 = bias[o];
  let b1 = bias[o + 1u];
  var a0 = mat4x4f(b0, b0, b0, b0);
  var a1 = mat4x4f(b1, b1, b1, b1);
  for (var i = 0u; i < 9u; i++) {
    let line = row * 2u + i % 3u;
    if (line >= shape.height) { continue; }
    let at = (i / 3u * shape.height + line) * shape.width + first * 2u;
    let x0 = x[at];
    let x1 = x[at + 1u];
    let x2 = x[at + 2u];
    let x3 = x[at + 3u];
    let x4 = x[at + 4u];
    let x5 = x[at + 5u];
    let x6 = x[at + 6u];
    let x7 = x[at + 7u];
    let x8 = select(0.0, x[at + 8u], first + 4u < shape.columns);
    // Three taps at four positions.
    let taps = mat4x3f(x0, x1, x2, x2, x3, x4, x4, x5, x6, x6, x7, x8);
    let w = i * 24u + o;
    a0 += mat3x4f(weight[w], weight[w + 8u], weight[w + 16u]) * taps;
    a1 += mat3x4f(weight[w + 1u], weight[w + 9u], weight[w + 17u]) * taps;
  }
  let at = (row * shape.columns + first) * 8u + o;
  store(at, a0);
  store(at + 1u, a1);
}
