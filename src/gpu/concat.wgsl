// The channels of several tensors beside each other, among those of one.
//
// x0, …  [positions][d0], …             y      [positions][outputs], of which `width` are written from `first` on
//
// Extents of channels count vectors of 4. An invocation moves one vector: that of tensor k lies f<k> vectors behind the
// first one.

struct Shape { vectors: u32, width: u32, outputs: u32, first: u32, {{extents}} }

{{bindings}}
@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let i = invocation(id);
  if (i >= shape.vectors) { return; }
  let position = i / shape.width;
  let c = i % shape.width;
  let at = position * shape.outputs + shape.first + c;
{{moves}}
}
