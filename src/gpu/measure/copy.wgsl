// y = x, the fastest that a device reads and writes.

struct Shape { vectors: u32, unused: u32 }

{{bindings}}
@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let i = invocation(id);
  if (i < shape.vectors) { y[i] = x[i]; }
}
