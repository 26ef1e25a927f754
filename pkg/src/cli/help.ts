import { colormaps, methods } from '../direct.js';

/** Names in lines below each other, as wide as the rest. */
function listed(names: readonly string[]): string {
  return names.join(', ').replace(/(.{80,99},) /g, `$1\n${' '.repeat(20)}`);
}

/** What `gradlens --help` says. */
export const help = `Usage: gradlens explain PHOTO... [options]

Shows what speaks for a class in photos, by an image classifier, on this machine. PHOTO is a JPEG, PNG, WebP, GIF or BMP
file, or a folder of them.

What explains:
  --model FILE      the network's .onnx file, and again for each file that goes with it (weights, labels.txt, config.json);
                    or their folder, or a .zip of them; by default EfficientNet-Lite0, which comes along
  --contract JSON   what the network expects of a picture, where its files do not say so: '{ "resize": "crop 0.875" }'

What is explained:
  --class NAME      the class by its label, a word of it, or its index; by default the most probable one
  --method NAME     ${listed(methods)}; by default grad-cam++
  --layer NAME      where in the network the map is taken; by default the method's own place
  --input-size N    the short side, in pixels, at which the network sees the photo; by default its own

What comes out, besides a line for each photo:
  --out FILE.png    the photo with the map over it; of several photos, or a folder of them, the folder for their files
  --csv FILE        a row for each photo
  --json            a line of JSON for each photo, with the numbers of its map, in place of the line for people
  --colormap NAME   ${listed(colormaps)}; by default turbo
  --opacity SHARE   how far the strongest evidence covers the photo, from 0 to 1; by default 0.6

  --help, --version

Ends with 0 where all went well, 1 where a photo or the network failed, 2 where the command is wrong.
`;
