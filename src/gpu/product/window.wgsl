  // Of a position, the channels of its group that a window sees. A coordinate off the picture, below zero too, sees
  // zeros.
  let first_input = tile / shape.tiles * shape.depth;
  let row0 = p0 / shape.columns * shape.row_stride - shape.top;
  let row1 = p1 / shape.columns * shape.row_stride - shape.top;
  let column0 = p0 % shape.columns * shape.column_stride - shape.left;
  let column1 = p1 % shape.columns * shape.column_stride - shape.left;
  var w = tile * shape.kernel_rows * shape.kernel_columns * shape.depth * 2u;
  for (var r = 0u; r < shape.kernel_rows; r++) {
    let r0 = row0 + r * shape.row_dilation;
    let r1 = row1 + r * shape.row_dilation;
    for (var q = 0u; q < shape.kernel_columns; q++) {
      let q0 = column0 + q * shape.column_dilation;
      let q1 = column1 + q * shape.column_dilation;
      let ok0 = (r0 < vec4u(shape.height)) & (q0 < vec4u(shape.width));
      let ok1 = (r1 < vec4u(shape.height)) & (q1 < vec4u(shape.width));
      let x0 = select(vec4u(0), (r0 * shape.width + q0) * shape.inputs, ok0) + first_input;
      let x1 = select(vec4u(0), (r1 * shape.width + q1) * shape.inputs, ok1) + first_input;
      let m0 = select(vec4f(0), vec4f(1), ok0);
      let m1 = select(vec4f(0), vec4f(1), ok1);
      for (var k = slice; k < shape.depth; k += SLICES) {
        let w0 = weight[w + 2u * k];
        let w1 = weight[w + 2u * k + 1u];
        let in0 = mat4x4f(x[x0.x + k] * m0.x, x[x0.y + k] * m0.y, x[x0.z + k] * m0.z, x[x0.w + k] * m0.w);
        let in1 = mat4x4f(x[x1.x + k] * m1.x, x[x1.y + k] * m1.y, x[x1.z + k] * m1.z, x[x1.w + k] * m1.w);
        a00 += w0 * in0;
        a01 += w1 * in0;
        a10 += w0 * in1;
        a11 += w1 * in1;
      }
      w += 2u * shape.depth;
    }
  }
