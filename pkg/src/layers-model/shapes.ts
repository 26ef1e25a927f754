// Layers that lay numbers out anew.

import { type Rule, pair, unsupported } from './call.js';

/** A picture as a vector, channels innermost. */
export const flatten: Rule = ({ builder, inputs, output }) =>
  builder.node('Flatten', [builder.channelsLast(inputs[0]!, output)], output, { axis: 1 }, 2);

/** By `[[top, bottom], [left, right]]`, `[vertical, horizontal]` or one number. */
export const zeroPadding: Rule = ({ builder, layer, inputs, output }) => {
  const { padding = 1 } = layer.config;
  const [rows, columns] = Array.isArray(padding) ? padding : [padding, padding];
  const [[top, bottom], [left, right]] = [pair(rows, 0), pair(columns, 0)];
  return builder.node('Pad', [...inputs, builder.shape(`${output}/pads`, [0, 0, top, left, 0, 0, bottom, right])], output);
};

/** Along any axis, which of pictures lie in another order here. */
export const concatenate: Rule = ({ builder, layer, inputs, output }) => {
  const axis = Number(layer.config['axis'] ?? -1);
  const { rank } = inputs[0]!;
  const place = (rank === 4 ? [0, 2, 3, 1] : [0, 1]).at(axis);
  if (place !== undefined) return builder.node('Concat', inputs, output, { axis: place });
  throw unsupported(layer, `its axis is ${axis} of ${rank}`);
};

/** To a vector or a picture. */
export const reshape: Rule = ({ builder, layer, inputs, output }) => {
  const { target_shape: shape } = layer.config;
  if (!Array.isArray(shape) || (shape.length !== 1 && shape.length !== 3)) {
    throw unsupported(layer, `its shape is [${String(shape)}]; vectors of 1 axis and pictures of 3 are read`);
  }
  const rank = shape.length + 1;
  // The batch stays as it is.
  const target = builder.shape(`${output}/shape`, [0, ...shape.map(Number)]);
  const name = rank === 4 ? `${output}/nhwc` : output;
  const reshaped = builder.node('Reshape', [builder.channelsLast(inputs[0]!, output), target], name, {}, rank);
  return builder.channelsFirst(reshaped, output);
};
