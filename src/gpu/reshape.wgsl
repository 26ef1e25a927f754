// The same values in other extents, where they do not lie in the same places.
//
// x      [positions][channels]          y      [positions][outputs]
//
// An invocation makes one vector of 4 channels. `places` are the places of a position in x, filled up to vectors.

struct Shape { vectors: u32, outputs: u32, new_channels: u32, channels: u32, places: u32 }

{{bindings}}
@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let i = invocation(id);
  if (i >= shape.vectors) { return; }
  let first = i % shape.outputs * 4u;
  var vector = vec4f(0);
  for (var c = 0u; c < 4u; c++) {
    if (first + c < shape.new_channels) {
      let at = i / shape.outputs * shape.new_channels + first + c;
      vector[c] = x[at / shape.channels * shape.places + at % shape.channels];
    }
  }
  y[i] = vector;
}
