// One tensor's channels among those of another.
//
// x      [positions][inputs]            y      [positions][outputs], of which those from `first` on are written
//
// Extents of channels count vectors of 4. An invocation moves one vector.

struct Shape { vectors: u32, inputs: u32, outputs: u32, first: u32 }

{{bindings}}
@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let i = invocation(id);
  if (i < shape.vectors) { y[i / shape.inputs * shape.outputs + shape.first + i % shape.inputs] = x[i]; }
}
