// What is on a photo, by a network in a file: in a worker of the package.
import { readFile } from 'node:fs/promises';
import { argv } from 'node:process';
import { pathToFileURL } from 'node:url';
import { load } from 'gradlens';

const [photo, model] = argv.slice(2);
const explainer = await load({ backend: 'cpu', model: pathToFileURL(model) });
const { label } = await explainer.explain(await readFile(photo));
explainer.dispose();
console.log(label);
