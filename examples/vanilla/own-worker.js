// Import maps do not hold in workers.
import { explain } from './node_modules/gradlens/dist/direct.js';
import { pixels } from './pixels.js';

addEventListener('message', async ({ data: photo }) => {
  try {
    const explanation = await explain(await pixels(photo));
    const text = `${explanation.label}, ${Math.round(100 * explanation.probability)} %`;
    postMessage({ text, map: await explanation.toBlob() });
  } catch (error) {
    postMessage({ text: error.message });
  }
});
