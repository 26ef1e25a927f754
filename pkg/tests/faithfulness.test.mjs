// What a summary makes of results: the numbers of the table, and the CSV file.
import assert from 'node:assert/strict';
import { test } from 'node:test';

const { FaithfulnessSummary, GradlensError } = await import('../dist/index.js');

/** What is measured on a map that leaves this much of a score. */
const measures = (confidence, maskedConfidence, curves = null) => ({
  confidence,
  maskedConfidence,
  drop: Math.max(0, confidence - maskedConfidence) / confidence,
  increased: maskedConfidence > confidence,
  visible: 0.25,
  sparseness: 0.5,
  isEmpty: false,
  deletion: curves && { scores: Float32Array.of(1, 0), area: curves.deletion },
  insertion: curves && { scores: Float32Array.of(0, 1), area: curves.insertion },
  road: null,
  localisation: null,
});

/** A result in which each method leaves this much of a score of `confidence`. */
function result(left, { confidence = 0.8, label = 'tabby', curves = null, background = 'black', yardsticks = {} } = {}) {
  const methods = Object.entries(left).map(([method, masked]) => ({ method, layer: 'features', ...measures(confidence, masked, curves) }));
  const looked = Object.entries(yardsticks).map(([yardstick, masked]) => ({
    yardstick,
    method: yardstick === 'shuffled' ? 'cam' : null,
    ...measures(confidence, masked, curves),
  }));
  return { classIdx: 281, label, confidence, background, colour: null, methods, yardsticks: looked, winner: null };
}

function summaryOf(...results) {
  const summary = new FaithfulnessSummary();
  results.forEach((one, i) => summary.add(`${i}.jpg`, one));
  return summary;
}

test('a summary without pictures has neither methods nor wins', () => {
  const { methods, wins, pictures, leftOut } = summaryOf();
  assert.deepEqual({ methods, wins, pictures, leftOut }, { methods: [], wins: [], pictures: [], leftOut: [] });
});

test('the drop is averaged as a share of each picture\'s own score', () => {
  const summary = summaryOf(result({ cam: 0.4 }), result({ cam: 0.1 }, { confidence: 0.1 }), result({ cam: 0.9 }));
  const [cam] = summary.methods;
  assert.ok(Math.abs(cam.averageDrop - 50 / 3) < 1e-9);
  assert.ok(Math.abs(cam.increaseInConfidence - 100 / 3) < 1e-9);
});

test('ties count for neither method', () => {
  const summary = summaryOf(
    result({ cam: 0.4, 'grad-cam': 0.2 }),
    result({ cam: 0.2, 'grad-cam': 0.4 }),
    result({ cam: 0.3, 'grad-cam': 0.3 }),
    // Both surer than on the whole picture: both drops are 0.
    result({ cam: 0.85, 'grad-cam': 0.95 }),
  );
  assert.deepEqual(summary.wins, [{ first: 'cam', second: 'grad-cam', firstWins: 25, secondWins: 25, ties: 50 }]);
});

test('a difference of rounding is a tie', () => {
  const { wins: [win] } = summaryOf(
    result({ cam: 0.4, 'xgrad-cam': 0.4000004 }),
    result({ cam: 0.4, 'xgrad-cam': 0.401 }),
  );
  assert.deepEqual(win, { first: 'cam', second: 'xgrad-cam', firstWins: 0, secondWins: 50, ties: 50 });
});

test('a drop wins only where it is lower by more than that', () => {
  const drops = (cam, gradCam) => {
    const made = result({ cam: 0.4, 'grad-cam': 0.4 });
    return { ...made, methods: made.methods.map((method, at) => ({ ...method, drop: [cam, gradCam][at] })) };
  };
  const { wins: [win] } = summaryOf(drops(0, 1e-4), drops(1e-4, 0), drops(0, 2e-4), drops(0.3, 0.1));
  assert.deepEqual(win, { first: 'cam', second: 'grad-cam', firstWins: 25, secondWins: 25, ties: 50 });
});

test('three methods make three pairs', () => {
  const { wins } = summaryOf(result({ cam: 0.4, 'grad-cam': 0.2, 'layer-cam': 0.1 }));
  assert.deepEqual(wins.map(({ first, second }) => `${first} ${second}`), ['cam grad-cam', 'cam layer-cam', 'grad-cam layer-cam']);
});

test('areas are averaged only where every picture has them', () => {
  const withCurves = result({ cam: 0.4 }, { curves: { deletion: 0.25, insertion: 0.75 } });
  assert.equal(summaryOf(withCurves, withCurves).methods[0].deletionArea, 0.25);
  assert.equal(summaryOf(withCurves, withCurves).methods[0].insertionArea, 0.75);
  assert.equal(summaryOf(withCurves, result({ cam: 0.4 })).methods[0].deletionArea, null);
});

test('a result of other methods is refused and does not count', () => {
  const summary = summaryOf(result({ cam: 0.4, 'grad-cam': 0.2 }));
  assert.throws(
    () => summary.add('other.jpg', result({ cam: 0.4, 'layer-cam': 0.2 })),
    (error) => error instanceof GradlensError && error.code === 'invalid-argument' && /other\.jpg/.test(error.message),
  );
  assert.equal(summary.pictures.length, 1);
});

test('a drop is the paper\'s before black alone', () => {
  const before = (background) => summaryOf(result({ cam: 0.4 }, { background }));
  const { background, methods: [cam] } = before('black');
  assert.deepEqual([background, cam.averageDrop, cam.meanDrop, cam.visible, cam.sparseness], ['black', 50, 50, 25, 0.5]);
  assert.deepEqual(before('blur 10').methods.map(({ averageDrop, meanDrop }) => [averageDrop, meanDrop]), [[null, 50]]);
  assert.throws(() => before('black').add('other.jpg', result({ cam: 0.4 }, { background: 'mean' })), /before mean, those before it .* before black/);
});

test('a measure that a yardstick wins is said to measure nothing', () => {
  const summary = summaryOf(result({ cam: 0.4, 'grad-cam': 0.2 }, { yardsticks: { ones: 0.8, shuffled: 0.3 } }));
  assert.deepEqual(
    summary.beaten.map(({ measure, yardsticks }) => [measure, ...yardsticks.map(({ yardstick }) => yardstick)]),
    [['drop', 'ones']],
  );
  assert.deepEqual(summary.yardsticks.map(({ yardstick, method }) => [yardstick, method]), [['ones', null], ['shuffled', 'cam']]);
  // As good as the best is not better.
  assert.deepEqual(summaryOf(result({ cam: 0.4 }, { yardsticks: { noise: 0.4 } })).beaten, []);
  const curves = { deletion: 0.5, insertion: 0.5 };
  const even = summaryOf(result({ cam: 0.8 }, { curves, yardsticks: { edges: 0.9 } }));
  assert.deepEqual(even.beaten.map(({ measure }) => measure), ['increase']);
});

/** Pictures on which each method's drop is the base and so much, in the order of the pictures. */
const dropping = (offsets, base = (at) => 0.5 + 0.2 * Math.sin(at)) => Array.from({ length: 40 }, (_, at) =>
  result(Object.fromEntries(Object.entries(offsets).map(([method, of]) => [method, 0.8 * (1 - base(at) - of(at))]))));

test('a small lead on every picture is one, however much pictures differ', () => {
  const { methods, leads, best } = summaryOf(...dropping({ cam: () => 0.05, 'grad-cam': () => 0.02, 'layer-cam': (at) => 0.1 + at % 3 * 0.01 })).ranking('drop');
  assert.deepEqual([methods, best], [['grad-cam', 'cam', 'layer-cam'], 'grad-cam']);
  assert.ok(Math.abs(leads[0].mean - 0.03) < 1e-9 && leads.every(({ p, interval: [least] }) => p === 0 && least > 0));
});

test('where the interval of a lead holds 0, nothing can be told', () => {
  const { methods, leads: [lead], best } = summaryOf(...dropping({ cam: () => 0.02, 'grad-cam': (at) => at % 2 ? 0.1 : -0.07 })).ranking('drop');
  assert.deepEqual([methods, best], [['grad-cam', 'cam'], null]);
  // The deviation of 40 differences of 0.085 to either side of 0.005 is 0.085 / sqrt(40) of their mean.
  const deviation = 0.085 / Math.sqrt(40);
  assert.ok(Math.abs(lead.interval[0] - (0.005 - 1.96 * deviation)) < 0.003 && Math.abs(lead.interval[1] - (0.005 + 1.96 * deviation)) < 0.003);
  // The mean is none above 0 where at most 18 of 40 draws are of a lead: twice this binomial tail is 0.636.
  assert.ok(Math.abs(lead.p - 0.636) < 0.03, `${lead.p}`);
});

test('more methods to compare with make a lead less sure', () => {
  const [close, twin] = [0, 1].map((shift) => (at) => ((at + shift) % 2 ? 0.1 : -0.05));
  const alone = summaryOf(...dropping({ cam: () => 0, 'grad-cam': close })).ranking('drop');
  const both = summaryOf(...dropping({ cam: () => 0, 'grad-cam': close, 'layer-cam': twin })).ranking('drop');
  // The mean is none above 0 where at most 13 of 40 draws are of a lead: twice this binomial tail is 0.0385.
  assert.equal(alone.best, 'cam');
  assert.ok(Math.abs(alone.leads[0].p - 0.0385) < 0.01);
  assert.equal(both.best, null);
  for (const { p } of both.leads) assert.ok(Math.abs(p - 0.077) < 0.02, `${p}`);
  const width = ({ leads }) => Math.max(...leads.map(({ interval: [least, most] }) => most - least));
  assert.ok(width(both) > 1.1 * width(alone));
});

test('methods that are equal lead by nothing', () => {
  const { leads: [lead], best } = summaryOf(...dropping({ cam: () => 0.1, 'xgrad-cam': () => 0.1 })).ranking('drop');
  assert.deepEqual([lead.p, best, Math.abs(lead.mean) < 1e-12], [1, null, true]);
});

test('a ranking needs a measure that every picture has', () => {
  const summary = summaryOf(result({ cam: 0.4, 'grad-cam': 0.2 }));
  const refused = (measure, told) => assert.throws(
    () => summary.ranking(measure),
    (error) => error instanceof GradlensError && error.code === 'invalid-argument' && told.test(error.message),
  );
  refused('road', /0\.jpg came without the measure "road"/);
  refused('looks', /there is no measure "looks"; the measures are .*"drop"/);
  assert.deepEqual(new FaithfulnessSummary().ranking('drop'), { methods: [], leads: [], best: null });
  assert.equal(summaryOf(result({ cam: 0.4 })).ranking('drop').best, null);
});

test('what was left out is kept with its reason and changes no number', () => {
  const summary = summaryOf(result({ cam: 0.4 }));
  const before = summary.methods;
  summary.leaveOut('notes.txt', 'not a picture');
  assert.deepEqual(summary.leftOut, [{ name: 'notes.txt', reason: 'not a picture' }]);
  assert.deepEqual(summary.methods, before);
});

test('CSV has a row for each picture and method, and every digit', () => {
  const [head, first, second, end] = summaryOf(
    result({ cam: 0.1 + 0.2, 'grad-cam': 0.9 }, { curves: { deletion: 1 / 3, insertion: 0.5 } }),
  ).toCsv().split('\r\n');
  assert.equal(end, '');
  assert.match(head, /^\uFEFFpicture,class_index,label,method,layer,confidence,masked_confidence,drop,increased,empty_map,winner,/);
  const fields = first.split(',');
  const field = (name) => fields[head.split(',').indexOf(name)];
  assert.equal(Number(field('masked_confidence')), 0.1 + 0.2);
  assert.equal(Number(field('deletion_area')), 1 / 3);
  assert.equal(field('increased'), 'false');
  assert.equal(field('winner'), '');
  assert.equal(field('loc'), '');
  assert.match(second, /^0\.jpg,281,tabby,grad-cam,features,0\.8,0\.9,0,true,false,/);
});

test('CSV has the yardsticks below the methods of each picture', () => {
  const csv = summaryOf(result({ cam: 0.4 }, { yardsticks: { ones: 0.8, shuffled: 0.3 } })).toCsv();
  const [head, ...rows] = csv.trimEnd().split('\r\n').map((row) => row.split(','));
  const column = (name) => rows.map((row) => row[head.indexOf(name)]);
  assert.deepEqual(column('method'), ['cam', '', 'cam']);
  assert.deepEqual(column('yardstick'), ['', 'ones', 'shuffled']);
  assert.deepEqual(column('masked_confidence'), ['0.4', '0.8', '0.3']);
  assert.deepEqual(column('background'), ['black', 'black', 'black']);
  assert.deepEqual(column('visible'), ['0.25', '0.25', '0.25']);
});

test('CSV holds no formulas, whatever a file is called', () => {
  const summary = new FaithfulnessSummary();
  for (const name of ['=1+1', '+cat', '-cat', '@cat', '\tcat', 'a=b']) summary.add(name, result({ cam: 0.4 }));
  const names = summary.toCsv().split('\r\n').slice(1, -1).map((row) => row.split(',')[0]);
  assert.deepEqual(names, ["'=1+1", "'+cat", "'-cat", "'@cat", "'\tcat", 'a=b']);
});

test('CSV quotes a field that holds a comma, a quote or a line break', () => {
  const summary = new FaithfulnessSummary();
  summary.add('my "best", cat\n1.jpg', result({ cam: 0.4 }, { label: 'plain label' }));
  const csv = summary.toCsv();
  assert.ok(csv.includes('\r\n"my ""best"", cat\n1.jpg",281,plain label,cam,'));
});
