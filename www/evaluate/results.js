// @ts-check
/** @import { Faithfulness, FaithfulnessSummary, MethodInfo } from '../gradlens/dist/index.js' */
/** @import { Origin } from './run.js' */
import { byId, create } from '../dom.js';
import { list, percent } from '../format.js';
import { save } from '../save.js';
import { words } from '../words.js';
import { curvePlot, meanCurves } from './curve-plot.js';
import { dropPlot } from './drop-plot.js';
import { keyed } from './key.js';
import { nameOf } from './methods.js';
import { createPlot } from './plot.js';
import { createRanking } from './ranking.js';
import { pictureRow, pictureTable, summaryTable, winTable } from './tables.js';
import { beatenItems, measureName } from './yardsticks.js';

/**
 * What came of the pictures: tables, plots, and what was left out.
 * @param {WeakMap<Faithfulness, Origin>} origins
 * @param {(origin: Origin, result: Faithfulness) => void} onPick called when a picture is to be seen
 */
export function createResults(origins, onPick) {
  const box = byId('results', HTMLElement);
  const measured = byId('measured', HTMLElement);
  const verdict = byId('verdict', HTMLElement);
  const beaten = byId('beaten', HTMLElement);
  const summaryPlace = byId('summary', HTMLElement);
  const winsPlace = byId('wins', HTMLElement);
  const curvesPlace = byId('curves', HTMLElement);
  const legend = byId('legend', HTMLUListElement);
  const each = byId('each', HTMLDetailsElement);
  const picturesPlace = byId('pictures', HTMLElement);
  const leftOut = byId('left-out', HTMLDetailsElement);
  const leftOutTitle = byId('left-out-title', HTMLElement);
  const leftOutList = byId('left-out-list', HTMLElement);
  const csv = byId('csv', HTMLButtonElement);
  const showRanking = createRanking();
  const showDrops = createPlot(byId('drops', HTMLElement));
  const showDeletion = createPlot(byId('deletion', HTMLElement));
  const showInsertion = createPlot(byId('insertion', HTMLElement));

  /** @type {FaithfulnessSummary | null} */
  let shown = null;

  csv.addEventListener('click', () => {
    if (shown) save(new Blob([shown.toCsv()], { type: 'text/csv' }), 'faithfulness.csv');
  });
  each.addEventListener('toggle', addPictures);
  picturesPlace.addEventListener('click', ({ target }) => {
    const line = target instanceof HTMLButtonElement && target.closest('tr');
    if (!line || !shown) return;
    const { result } = shown.pictures[line.sectionRowIndex];
    const origin = origins.get(result);
    if (origin) onPick(origin, result);
  });

  /** Adds the rows that are missing: a table of thousands is not made anew with every picture. */
  function addPictures() {
    if (!shown || !each.open) return;
    const { methods, pictures } = shown;
    const made = picturesPlace.querySelector('table') ?? pictureTable(methods.map(({ method }) => method));
    if (!made.isConnected) picturesPlace.replaceChildren(made);
    const body = made.tBodies[0];
    body.append(...pictures.slice(body.rows.length).map(({ name, result }) => pictureRow(name, origins.get(result)?.notes ?? [], result)));
  }

  return {
    /** Forgets the results of the run before. */
    clear() {
      shown = null;
      box.hidden = true;
      leftOut.open = false;
      for (const place of [picturesPlace, leftOutList]) place.replaceChildren();
    },

    /**
     * @param {FaithfulnessSummary} summary
     * @param {string} size how the network saw the pictures, in words
     * @param {readonly MethodInfo[]} known the network's methods
     */
    show(summary, size, known) {
      shown = summary;
      box.hidden = false;
      const { methods, pictures } = summary;
      const some = pictures.length > 0;
      measured.hidden = !some;
      csv.hidden = !some;
      if (some) {
        verdict.textContent = inWords(summary);
        beaten.replaceChildren(...beatenItems(summary));
        summaryPlace.replaceChildren(summaryTable(summary, words.results.meansOver(pictures.length, size, behind(summary))));
        showRanking(summary, known);
        winsPlace.hidden = methods.length < 2;
        winsPlace.replaceChildren(winTable(summary));
        showDrops(dropPlot(summary, words.plots.dropsTitle));
        const deletion = meanCurves(summary, 'deletion');
        curvesPlace.hidden = deletion.length === 0;
        if (deletion.length > 0) {
          legend.replaceChildren(...methods.map(({ method }) => keyed('li', method)));
          showDeletion(curvePlot(deletion, words.plots.deletionTitle, words.plots.deletionAxis));
          showInsertion(curvePlot(meanCurves(summary, 'insertion'), words.plots.insertionTitle, words.plots.insertionAxis));
        }
        addPictures();
      }
      leftOut.hidden = summary.leftOut.length === 0;
      leftOutTitle.textContent = words.results.leftOut(summary.leftOut.length);
      leftOutList.append(...summary.leftOut.slice(leftOutList.childElementCount).map(({ name, reason }) => {
        const item = create('li', '');
        item.append(create('b', '', name), ' ', reason);
        return item;
      }));
    },
  };
}

/**
 * What lies in the hidden places, in words.
 * @param {FaithfulnessSummary} summary
 */
function behind({ background }) {
  const [kind, value] = (background ?? 'black').split(' ');
  return words.results.behind[/** @type {keyof typeof words.results.behind} */ (kind)](value);
}

/** @param {FaithfulnessSummary} summary */
function inWords(summary) {
  const { methods } = summary;
  const least = Math.min(...methods.map(({ meanDrop }) => meanDrop));
  const best = methods.filter(({ meanDrop }) => meanDrop === least).map(({ method }) => nameOf(method));
  const [drop, measure] = [percent(least / 100), measureName('drop', summary)];
  if (methods.length === 1) return words.results.only(best[0], drop, measure);
  return best.length === 1
    ? words.results.lowest(best[0], drop, measure)
    : words.results.shared(list(best), drop, measure);
}
