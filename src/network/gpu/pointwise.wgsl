// A 1x1 convolution: y = clamp(weight * x + bias, low, high).
//
// x      [positions][inputs]            weight [outputs / 8][inputs / 4][2] matrices of 4 outputs x 4 inputs:
// bias   [outputs]                             column i holds the weights of input 4 k + i
// y      [positions][outputs]
//
// An invocation makes a tile of 8 outputs at 8 positions: four 4x4 matrices. Past the end the last
// position is made again, with the same values.

struct Shape { positions: u32, inputs: u32, outputs: u32, low: f32, high: f32 }

@group(0) @binding(0) var<storage, read> x: array<vec4f>;
@group(0) @binding(1) var<storage, read> weight: array<mat4x4f>;
@group(0) @binding(2) var<storage, read> bias: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> y: array<vec4f>;
@group(0) @binding(4) var<storage, read> shape: Shape;

// Four inputs at four positions.
fn inputs(at: vec4u) -> mat4x4f { return mat4x4f(x[at.x], x[at.y], x[at.z], x[at.w]); }

fn store(at: vec4u, sums: mat4x4f) {
  let low = vec4f(shape.low);
  let high = vec4f(shape.high);
  y[at.x] = clamp(sums[0], low, high);
  y[at.y] = clamp(sums[1], low, high);
  y[at.z] = clamp(sums[2], low, high);
  y[at.w] = clamp(sums[3], low, high);
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let depth = shape.inputs / 4u;
  let tiles = shape.outputs / 8u;
  let tile = id.x % tiles;
  let first = id.x / tiles * 8u;
  if (first >= shape.positions) { return; }

  let last = vec4u(shape.positions - 1u);
  let p0 = min(first + vec4u(0, 1, 2, 3), last);
  let p1 = min(first + vec4u(4, 5, 6, 7), last);
  let x0 = p0 * depth;
  let x1 = p1 * depth;
  let y0 = (p0 * tiles + tile) * 2u;
  let y1 = (p1 * tiles + tile) * 2u;

  // a<positions><outputs>
  let b0 = bias[tile * 2u];
  let b1 = bias[tile * 2u + 1u];
  var a00 = mat4x4f(b0, b0, b0, b0);
  var a01 = mat4x4f(b1, b1, b1, b1);
  var a10 = a00;
  var a11 = a01;
  for (var k = 0u; k < depth; k++) {
    let w0 = weight[(tile * depth + k) * 2u];
    let w1 = weight[(tile * depth + k) * 2u + 1u];
    let in0 = inputs(x0 + k);
    let in1 = inputs(x1 + k);
    a00 += w0 * in0;
    a01 += w1 * in0;
    a10 += w0 * in1;
    a11 += w1 * in1;
  }
  store(y0, a00);
  store(y0 + 1u, a01);
  store(y1, a10);
  store(y1 + 1u, a11);
}
