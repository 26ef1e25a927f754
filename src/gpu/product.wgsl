// A product with constant weights: y = finish(weight * x + bias).
//
// x      [positions][inputs]            weight [tiles][taps][depth][2] matrices of 4 outputs x 4 inputs: column i
// bias   [tiles][2]                            holds the weights of input 4 k + i
// y      [positions][outputs]
//
// Extents of channels count vectors of 4. A tile is 8 outputs at 8 positions: four 4x4 matrices, made by SLICES invocations
// side by side, each of which takes every SLICES-th vector of what an output depends on. Past the end the last position is
// made again, with the same values.

const SLICES = {{slices}}u;

struct Shape { positions: u32, inputs: u32, outputs: u32, {{extents}} {{parameters}} }

{{bindings}}
{{finish}}
{{store}}
@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(local_invocation_index) local: u32) {
  let i = invocation(id);
  let slice = i % SLICES;
  let tiles = (shape.outputs + 1u) / 2u;
  let tile = i / SLICES % tiles;
  let first = i / SLICES / tiles * 8u;
{{guard}}

  let last = vec4u(shape.positions - 1u);
  let p0 = min(first + vec4u(0, 1, 2, 3), last);
  let p1 = min(first + vec4u(4, 5, 6, 7), last);

  // a<positions><outputs>
  let b0 = select(vec4f(0), bias[tile * 2u], slice == 0u);
  let b1 = select(vec4f(0), bias[tile * 2u + 1u], slice == 0u);
  var a00 = mat4x4f(b0, b0, b0, b0);
  var a01 = mat4x4f(b1, b1, b1, b1);
  var a10 = a00;
  var a11 = a01;
{{sum}}
  store_tile(local, slice, first, p0, p1, tile * 2u, a00, a01, a10, a11);
}
