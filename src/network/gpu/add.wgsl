// The residual connection: y += x, with the input x of a block and its output y [positions][channels].
//
// An invocation adds 4 channels. x and y have the same length.

@group(0) @binding(0) var<storage, read> x: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> y: array<vec4f>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x < arrayLength(&x)) { y[id.x] += x[id.x]; }
}
