  // Of a position, its own channels.
  let x0 = p0 * shape.inputs;
  let x1 = p1 * shape.inputs;
  for (var k = slice; k < shape.inputs; k += SLICES) {
    let w = (tile * shape.inputs + k) * 2u;
    let w0 = weight[w];
    let w1 = weight[w + 1u];
    let in0 = mat4x4f(x[x0.x + k], x[x0.y + k], x[x0.z + k], x[x0.w + k]);
    let in1 = mat4x4f(x[x1.x + k], x[x1.y + k], x[x1.z + k], x[x1.w + k]);
    a00 += w0 * in0;
    a01 += w1 * in0;
    a10 += w0 * in1;
    a11 += w1 * in1;
  }
