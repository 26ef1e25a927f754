// A tile's 16 vectors of sums of each invocation, which lie apart from each other: each invocation adds up some of them.
var<workgroup> parts: array<vec4f, 1024>;

fn keep(local: u32, at: u32, sums: mat4x4f) {
  parts[at * 64u + local] = sums[0];
  parts[(at + 1u) * 64u + local] = sums[1];
  parts[(at + 2u) * 64u + local] = sums[2];
  parts[(at + 3u) * 64u + local] = sums[3];
}

fn store_tile(local: u32, slice: u32, first: u32, p0: vec4u, p1: vec4u, c: u32, a00: mat4x4f, a01: mat4x4f, a10: mat4x4f, a11: mat4x4f) {
  keep(local, 0u, a00);
  keep(local, 4u, a10);
  keep(local, 8u, a01);
  keep(local, 12u, a11);
  workgroupBarrier();
  for (var at = slice; at < 16u; at += SLICES) {
    let position = first + at % 8u;
    let output = c + at / 8u;
    if (position < shape.positions && output < shape.outputs) {
      let begin = at * 64u + local - slice;
      var sum = parts[begin];
      for (var other = 1u; other < SLICES; other++) { sum += parts[begin + other]; }
      let i = position * shape.outputs + output;
      y[i] = finish(sum, i, output);
    }
  }
}
