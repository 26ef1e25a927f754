// Windows over each channel by itself: y = finish(what `step` makes of all values that a window sees).
//
// x      [height][width][outputs]       y      [rows][columns][outputs]
//
// Extents of channels count vectors of 4. An invocation makes one vector. A coordinate off the picture, below zero
// too, is not seen.

struct Shape {
  vectors: u32, outputs: u32, height: u32, width: u32, columns: u32, kernel_rows: u32, kernel_columns: u32,
  row_stride: u32, column_stride: u32, row_dilation: u32, column_dilation: u32, top: u32, left: u32, {{parameters}}
}

{{bindings}}
{{finish}}
@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let i = invocation(id);
  if (i >= shape.vectors) { return; }
  let c = i % shape.outputs;
  let position = i / shape.outputs;
  let row = position / shape.columns * shape.row_stride - shape.top;
  let column = position % shape.columns * shape.column_stride - shape.left;
  var sum = {{start}};
  for (var r = 0u; r < shape.kernel_rows; r++) {
    let line = row + r * shape.row_dilation;
    if (line >= shape.height) { continue; }
    for (var q = 0u; q < shape.kernel_columns; q++) {
      let at = column + q * shape.column_dilation;
      if (at >= shape.width) { continue; }
      let value = x[(line * shape.width + at) * shape.outputs + c];
      let tap = (r * shape.kernel_columns + q) * shape.outputs + c;
      {{step}}
    }
  }
  y[i] = finish(sum, i, c);
}
