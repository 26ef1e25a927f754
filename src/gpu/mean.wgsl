// The mean over all positions of each channel.
//
// x      [positions][outputs]           y      [outputs]
//
// Extents of channels count vectors of 4. A workgroup makes one vector.

struct Shape { positions: u32, outputs: u32 }

{{bindings}}
var<workgroup> parts: array<vec4f, 64>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(local_invocation_index) own: u32) {
  let c = invocation(id) / 64u;
  var sum = vec4f(0);
  if (c < shape.outputs) {
    for (var p = own; p < shape.positions; p += 64u) { sum += x[p * shape.outputs + c]; }
  }
  parts[own] = sum;
  for (var others = 32u; others > 0u; others /= 2u) {
    workgroupBarrier();
    if (own < others) { parts[own] += parts[own + others]; }
  }
  if (own == 0u && c < shape.outputs) { y[c] = parts[0] / f32(shape.positions); }
}
