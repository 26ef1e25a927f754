// One invocation has all sums of a tile.
fn store(at: vec4u, c: u32, sums: mat4x4f) {
  y[at.x] = finish(sums[0], at.x, c);
  y[at.y] = finish(sums[1], at.y, c);
  y[at.z] = finish(sums[2], at.z, c);
  y[at.w] = finish(sums[3], at.w, c);
}

fn store_tile(local: u32, slice: u32, first: u32, p0: vec4u, p1: vec4u, c: u32, a00: mat4x4f, a01: mat4x4f, a10: mat4x4f, a11: mat4x4f) {
  store(p0 * shape.outputs + c, c, a00);
  store(p1 * shape.outputs + c, c, a10);
  if (c + 1u < shape.outputs) {
    store(p0 * shape.outputs + c + 1u, c + 1u, a01);
    store(p1 * shape.outputs + c + 1u, c + 1u, a11);
  }
}
