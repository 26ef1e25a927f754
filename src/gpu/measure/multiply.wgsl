// Sums in registers, the fastest that a device multiplies and adds: 1024 rounds of 8 vectors that do not wait for each other.

struct Shape { vectors: u32, unused: u32 }

{{bindings}}
@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let i = invocation(id);
  if (i >= shape.vectors) { return; }
  let factor = x[i] * 0.999;
  let step = x[i] * 0.001;
  var a = x[i]; var b = a + 1.0; var c = a + 2.0; var d = a + 3.0;
  var e = a + 4.0; var f = a + 5.0; var g = a + 6.0; var h = a + 7.0;
  for (var round = 0u; round < 1024u; round++) {
    a = fma(a, factor, step); b = fma(b, factor, step); c = fma(c, factor, step); d = fma(d, factor, step);
    e = fma(e, factor, step); f = fma(f, factor, step); g = fma(g, factor, step); h = fma(h, factor, step);
  }
  y[i] = a + b + c + d + e + f + g + h;
}
