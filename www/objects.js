// @ts-check
/** @import { DetectedObject } from './gradlens/dist/index.js' */
/** @import { createControls } from './controls.js' */
/** @import { createDisplay } from './display.js' */
/** @import { Job } from './job.js' */
/** @import { Findings } from './report.js' */
/** @import { createView } from './view.js' */
import { describeObjects } from './describe.js';
import { byId } from './dom.js';
import { pause } from './frames.js';
import { createLegend } from './legend.js';
import { createMarks } from './marks.js';
import { words } from './words.js';

/**
 * The mode that shows all objects of a photo, each in a colour of its own.
 * @param {object} page
 * @param {ReturnType<typeof createView>} page.view
 * @param {ReturnType<typeof createControls>} page.controls
 * @param {ReturnType<typeof createDisplay>} page.display
 * @param {(object: DetectedObject) => void} onOpen called with the object that is to be shown by its own map
 */
export function createObjects({ view, controls, display }, onOpen) {
  /** @type {readonly DetectedObject[]} */
  let objects = [];
  /** @type {number | null} */
  let only = null;

  const byCrops = byId('objects-by-crops', HTMLElement);
  const marks = createMarks();
  const legend = createLegend({ open: (index) => onOpen(objects[index]), point: isolate });

  /** @param {number | null} index */
  function isolate(index) {
    if (index === only) return;
    only = index;
    marks.isolate(only);
    legend.isolate(only);
    view.restyle(display.look());
  }

  return {
    clear() {
      objects = [];
      only = null;
      marks.clear();
      legend.wait();
    },

    /**
     * @param {Job} job
     * @returns {Promise<Findings>}
     */
    async run({ turn, ask, explainer, pixels }) {
      const { method, layer, inputSize } = controls.settings();
      byCrops.hidden = explainer.model.objects !== 'crops';
      const { objectPalette, renderObjects } = await import('./gradlens/dist/index.js');
      objects = await ask(() => explainer.explainObjects(pixels, { method, layer, inputSize }));
      only = null;
      const hue = (/** @type {number} */ index) => `rgb(${objectPalette[index % objectPalette.length].join(' ')})`;
      legend.show(objects, hue);
      // Painting is several times faster once the browser has seen it: a tiny map is the first.
      renderObjects(objects, { width: 64 });
      // The map takes longer to paint: the list need not wait for it, nor a click.
      await turn.still(pause());
      marks.show(objects, hue);
      view.show({
        paint: ({ opacity }, width) => renderObjects(objects, { opacity, width, ...(only === null ? {} : { only }) }),
        ...describeObjects(objects),
      }, display.look());
      return { what: words.status.objects, explanations: objects.map(({ explanation }) => explanation), objects };
    },
  };
}
