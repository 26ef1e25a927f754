// Functions of single values: y = finish().
//
// y      [positions][outputs]           what finish reads is named there
//
// Extents of channels count vectors of 4. An invocation makes one vector.

struct Shape { vectors: u32, outputs: u32, {{parameters}} }

{{bindings}}
{{finish}}
@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let i = invocation(id);
  if (i < shape.vectors) { y[i] = finish(vec4f(0), i, i % shape.outputs); }
}
