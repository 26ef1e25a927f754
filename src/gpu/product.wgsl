// A product with constant weights: y = finish(weight * x + bias).
//
// x      [positions][inputs]            weight [tiles][taps][depth][2] matrices of 4 outputs x 4 inputs: column i
// bias   [tiles][2]                            holds the weights of input 4 k + i
// y      [positions][outputs]
//
// Extents of channels count vectors of 4. An invocation makes a tile of 8 outputs at 8 positions: four 4x4 matrices.
// Past the end the last position is made again, with the same values.

struct Shape { positions: u32, inputs: u32, outputs: u32, {{extents}} {{parameters}} }

{{bindings}}
{{finish}}
fn store(at: vec4u, c: u32, sums: mat4x4f) {
  y[at.x] = finish(sums[0], at.x, c);
  y[at.y] = finish(sums[1], at.y, c);
  y[at.z] = finish(sums[2], at.z, c);
  y[at.w] = finish(sums[3], at.w, c);
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let i = invocation(id);
  let tiles = (shape.outputs + 1u) / 2u;
  let tile = i % tiles;
  let first = i / tiles * 8u;
  if (first >= shape.positions) { return; }

  let last = vec4u(shape.positions - 1u);
  let p0 = min(first + vec4u(0, 1, 2, 3), last);
  let p1 = min(first + vec4u(4, 5, 6, 7), last);

  // a<positions><outputs>
  let b0 = bias[tile * 2u];
  let b1 = bias[tile * 2u + 1u];
  var a00 = mat4x4f(b0, b0, b0, b0);
  var a01 = mat4x4f(b1, b1, b1, b1);
  var a10 = a00;
  var a11 = a01;
{{sum}}
  let c = tile * 2u;
  store(p0 * shape.outputs + c, c, a00);
  store(p1 * shape.outputs + c, c, a10);
  if (c + 1u < shape.outputs) {
    store(p0 * shape.outputs + c + 1u, c + 1u, a01);
    store(p1 * shape.outputs + c + 1u, c + 1u, a11);
  }
}
