// @ts-check
// Every text of the pages in English, by part of the page. To add one: put it here, put its
// translation at the same place in ko.js (the type check misses it otherwise), and use it either as
// `words.part.name`, with `words` from ../words.js, or in the page as data-words="part.name" for an
// element's text, data-words-aria-label, -placeholder, -title or -data-looking for these attributes. A text with parts that
// change is a function; it gets numbers formatted by ../format.js, but for those that it counts things with.

/**
 * @param {number} number
 * @param {string} noun
 */
const count = (number, noun) => `${number.toLocaleString('en')} ${noun}${number === 1 ? '' : 's'}`;

/** @typedef {{ it: string, kind: string, type?: string, width?: string, height?: string }} Of a file that gives no picture */

export const en = {
  /** For the browser's formatting of numbers and lists. */
  locale: 'en-GB',

  top: {
    explain: 'gradlens: what did the network look at?',
    evaluate: 'gradlens: how faithful are the maps?',
    look: 'What did the network look at?',
    faithful: 'How faithful are the maps?',
    pages: 'Pages',
    toEvaluate: 'Evaluate',
    toExplain: 'Explain a photo',
    toAbout: 'About',
    open: 'Open photo',
    language: 'Language',
    loss: 'The page loads anew to change its language. Your own photos and results are gone then. Go on?',
  },

  stage: {
    title: 'Photo and map',
    modes: 'What to show',
    objects: 'Objects',
    oneClass: 'One class',
    compare: 'Compare methods',
    layers: 'Layers',
    noPhoto: 'No photo yet',
    noMap: 'No map yet',
    maps: 'The maps of all methods',
    low: 'low',
    high: 'high',
    scale: 'Colour scale of the evidence, from low to high',
    map: 'Map',
    mapHint: 'Pressing the picture does the same',
    yourPhoto: 'Your photo',
    photo: (/** @type {string} */ name) => `Photo: ${name}`,
    drop: 'Drop a photo to explain it, or a network to explain it by',
  },

  network: {
    title: 'Network',
    cardHint: 'What this network is, and how it is taken to see pictures',
    open: 'Open a network',
    openHint: 'An ONNX file that classifies pictures, with its weights, labels and configuration if they are files of their own. It stays on this machine.',
    back: 'Back to built-in',
    cancel: 'Cancel',
    loading: (/** @type {string} */ name) => `Loading ${name}`,
    guessed: (/** @type {string} */ parts) => `Guessed, since no file says it: ${parts}. A wrong guess gives plausible answers all the same, so look at the network’s card.`,
    parts: { size: 'size', channels: 'order of colours', normalisation: 'range of values', resize: 'fitting', labels: 'labels', scores: 'meaning of the scores', layout: 'order of axes' },
    missing: (/** @type {string} */ name) => `The link is of the network “${name}”, which is not kept on this machine. Open its file to see what the link shows; until then, this is the built-in one.`,
    many: (/** @type {string[]} */ names) => `These are several networks: ${names.join(', ')}. Open one at a time, with the files that belong to it.`,
  },

  card: {
    close: 'Close',
    expects: 'How it is taken to see pictures',
    gets: 'This photo as the network gets it',
    preview: 'The photo fitted to the network’s input, its colours in the network’s order',
    sees: 'What it sees then',
    about: 'About the file',
    kept: 'Kept on this machine',
    keep: 'Keep this network',
    keepHint: 'A copy in this browser, for the next visit and for links; it is sent nowhere.',
    forget: (/** @type {string} */ name) => `Forget ${name}`,
    forgetShort: 'Forget',
    noRoom: 'There is no room for this network in what the browser lets this page keep. Forget another one first.',
    cannotKeep: 'This browser lets the page keep no files.',
    useImageNet: 'Use ImageNet’s labels',
    noNames: 'The names of ImageNet’s classes could not be loaded. Check the connection and try again.',
    try: 'Try the presets',
    trying: (/** @type {number} */ number, /** @type {number} */ all) => `Preset ${number} of ${all}…`,
    suggestion: 'The likeliest first: what stays the same over the photo’s parts and its mirror image and differs between photos. A suggestion and no verdict: a wrong preset may look right. Press one to use it.',
    trial: (/** @type {string} */ sees, /** @type {string} */ agreement) => `${sees}. ${agreement} the same over parts of the photo.`,
    millions: (/** @type {string} */ number) => `${number} million`,
    facts: {
      name: 'Name in the file',
      files: 'Files',
      size: 'Size',
      parameters: 'Parameters',
      multiplyAdds: 'Multiply-adds',
      input: 'Input',
      outputs: 'Outputs',
      classes: 'Classes',
      operators: 'Operators',
      producer: 'Made by',
    },
    contract: {
      preset: 'As for',
      noPreset: 'none of these',
      width: 'Width in pixels',
      height: 'Height in pixels',
      colours: ['red', 'green', 'blue'],
      mean: 'Mean',
      deviation: 'Deviation',
      meanOf: (/** @type {string} */ colour) => `Mean of ${colour}, in units of 8-bit values`,
      deviationOf: (/** @type {string} */ colour) => `Deviation of ${colour}, in units of 8-bit values`,
      share: 'Share of the short side, or the multiple of pixels',
      channels: { rgb: 'red, green, blue', bgr: 'blue, green, red', gray: 'gray' },
      resize: { squash: 'squeezed to the size', letterbox: 'whole, gray beside it', crop: 'its middle', fit: 'in its own aspect' },
      scores: { softmax: 'one of the classes', sigmoid: 'any of the labels', regression: 'plain numbers' },
      layout: { nchw: 'channels first', nhwc: 'channels last' },
      sources: { given: 'given', read: 'read', guessed: 'guessed' },
      range: (/** @type {string} */ least, /** @type {string} */ most) => `Its numbers run from ${least} to ${most}: each 8-bit value minus the mean, divided by the deviation.`,
    },
  },

  layers: {
    title: 'Layers, first to last',
    size: (/** @type {string} */ width, /** @type {string} */ height) => `${width} × ${height}`,
    tile: (/** @type {string} */ name, /** @type {string} */ size, /** @type {string} */ evidence) => [name, size, evidence].filter(Boolean).join(', '),
    at: (/** @type {string} */ name, /** @type {string} */ width, /** @type {string} */ height) => `At layer ${name}, ${width} × ${height}.`,
  },

  loading: {
    network: 'Loading the network',
    check: 'Trying the network out',
    loaded: (/** @type {string} */ loaded) => `${loaded} MB`,
    loadedOf: (/** @type {string} */ loaded, /** @type {string} */ total) => `${loaded} of ${total} MB`,
  },

  status: {
    none: 'Backend not loaded yet',
    cpu: 'CPU (WebAssembly SIMD)',
    webgpu: 'WebGPU',
    because: (/** @type {string} */ reason) => `, because ${reason}`,
    restarted: 'The GPU failed, so the network was loaded anew.',
    took: (/** @type {string} */ what, /** @type {string} */ milliseconds) => `${what} in ${milliseconds} ms`,
    objects: 'Objects',
    map: 'Map',
    maps: (/** @type {number} */ number) => count(number, 'map'),
    credit: (/** @type {string} */ author, /** @type {string} */ licence) => `Photo: ${author}, ${licence}`,
  },

  offline: {
    ready: 'Ready for offline use',
    update: 'A new version is there.',
    reload: 'Reload',
  },

  /** Where in the picture, by thirds. */
  places: [
    ['at the upper left', 'at the top', 'at the upper right'],
    ['at the left', 'in the middle', 'at the right'],
    ['at the lower left', 'at the bottom', 'at the lower right'],
  ],

  answer: {
    looking: 'Looking…',
    strongest: (/** @type {string} */ place) => `The evidence is strongest ${place}.`,
    noEvidence: 'There is no positive evidence for this class, so the map is empty.',
    probability: (/** @type {string} */ percent, /** @type {string} */ more) => `${percent} probability. ${more}`,
    mapOf: (/** @type {string} */ label, /** @type {string} */ more) => `Map of the evidence for ${label}: ${more}`,
    pressMap: 'Press a map to see it alone.',
    layer: (/** @type {string} */ layer) => `${layer} layer`,
    emptyMap: 'empty map',
  },

  objects: {
    title: 'Objects',
    hint: 'Every window of the photo is classified: a score is that of the surest window, and classes that explain the same place are one object. This is a classifier’s opinion, not a detector’s: it does not count things of one kind, and an outline is half of the strongest evidence, not an edge.',
    none: 'No objects found',
    nothing: 'No part of this photo shows a class that the network is sure of. “One class” says what comes nearest.',
    mapOfNone: (/** @type {string} */ more) => `Map of no objects: ${more}`,
    one: (/** @type {string} */ place) => `One object, ${place}.`,
    many: (/** @type {number} */ number) => count(number, 'object'),
    surest: (/** @type {string} */ labels) => `Surest first: ${labels}.`,
    mapOf: (/** @type {string} */ objects) => `Map of the objects: ${objects}.`,
    withEmptyMap: 'with an empty map',
    or: (/** @type {string} */ candidates) => `or: ${candidates}`,
  },

  classes: {
    title: 'What the network sees',
  },

  search: {
    title: 'Find a class',
    placeholder: 'Any class, or its number',
    options: 'Classes that match',
    none: (/** @type {string} */ query, /** @type {number} */ classes) => `No class is called “${query}”. There are ${classes.toLocaleString('en')}${classes === 1000 ? ', all in English' : ''}.`,
  },

  methods: {
    title: 'Method',
    gradCamPlusPlus: 'Weighs positive gradients; finds several objects',
    gradCam: 'One weight per channel: its mean gradient',
    layerCam: 'Positive gradients only, point by point',
    hiResCam: 'Gradient times activation, point by point',
    xGradCam: 'Gradients weighed by where a channel is active',
    cam: 'The classifier’s own weights, without a gradient',
    missing: 'Not defined for this network: its scores are not a linear function of what it pools.',
  },

  display: {
    title: 'Display',
    opacity: 'Opacity',
    hide: 'Hide',
    hideHint: 'Blacks out what has less than this share of the strongest evidence',
    hideNothing: 'off',
    colours: 'Colours',
    greyscale: 'Grayscale',
  },

  advanced: {
    title: 'Advanced',
    layer: 'Layer',
    ownLayer: 'The method’s own',
    features: 'Features (320 channels)',
    head: 'Head (1280 channels)',
    layerOf: (/** @type {string} */ name, /** @type {number} */ channels, /** @type {number} */ width, /** @type {number} */ height) => `${name} (${channels} × ${width} × ${height})`,
    ownSize: (/** @type {string} */ width, /** @type {string} */ height) => `${width} × ${height}, the network’s own`,
    camAtHead: 'CAM reads the classifier’s weights, so it exists at the head alone.',
    xGradCamAtFeatures: 'XGrad-CAM divides by sums that are near zero at this layer: its map is unreliable here.',
    detail: 'Detail',
    fastest: '224 pixels, fastest',
    middle: '320 pixels',
    finest: '448 pixels, finest',
    longSide: '448 pixels, long side',
    detailHint: 'The short side of what the network sees, or its long side where it says so, as for objects. One cell of the map is 32 of these pixels wide.',
  },

  tools: {
    undo: 'Undo',
    undoHint: 'Back to the photo before (Ctrl+Z or ⌘Z)',
    link: 'Copy link',
    linkCopied: 'Link copied',
    linkNotCopied: 'The browser does not let this page copy. Copy the address from the address bar.',
    unknown: (/** @type {string} */ parts) => `The address asks for what this page does not have: ${parts}. The page opened without it.`,
  },

  downloads: {
    title: 'Save',
    picture: 'Photo with map (PNG)',
    png16: 'Map (16-bit grayscale PNG)',
    npy: 'Map as numbers (NumPy, float32)',
    npyMany: 'Maps as numbers (NumPy, float32)',
    json: 'All numbers (JSON)',
  },

  camera: {
    open: 'Camera',
    title: 'Camera',
    preview: 'What the camera sees',
    take: 'Take photo',
    live: 'Live map',
    close: 'Close',
    photo: 'Camera photo',
    credit: 'Photo from your camera',
    sees: (/** @type {string} */ label, /** @type {string} */ percent) => `${label}, ${percent}`,
    rate: (/** @type {string} */ frames) => `${frames} frames a second`,
    lost: 'The camera was disconnected or taken away.',
    failures: {
      NotAllowedError: 'The camera was not allowed. Allow it for this page in the browser’s settings, then press “Camera” again.',
      NotFoundError: 'There is no camera on this machine. Connect one, or open a photo instead.',
      NotReadableError: 'The camera cannot be started; another program may be using it. Close that program and try again.',
      SecurityError: 'Browsers give the camera only to pages that come over https. Open this page by https, or open a photo instead.',
    },
    failed: (/** @type {string} */ message) => `The camera could not be started: ${message}`,
  },

  gallery: {
    title: 'Sample photos',
    hint: 'Or open, drop or paste your own. It stays on this machine.',
  },

  /** What is in the sample photos, by their ids. */
  samples: {
    jaguar: 'Jaguars',
    dog: 'Dog',
    chelsea: 'Chelsea',
    crocodile: 'Crocodile',
    chicken: 'Hens',
    scarlet_macaw: 'Macaw',
    mosaic: 'Four in one',
    panda: 'Panda',
    koala: 'Koala',
    polar_bear: 'Polar bear',
    lemur: 'Lemurs',
    coffee: 'Coffee',
    bison: 'Bison',
    duck: 'Duck',
    cat: 'Kitten',
    moose: 'Moose',
    horse: 'Horses',
    sheep: 'Sheep',
    cow: 'Cow',
    giraffe: 'Giraffes',
  },

  credits: {
    title: 'Photo credits',
    publicDomain: 'public domain',
    cc0AndPublicDomain: 'CC0-1.0 and public domain',
    anonymous: 'anonymous',
    mosaicAuthors: 'the authors of Dog, Panda, Macaw and Hens',
    thisPage: 'this page',
  },

  about: {
    title: 'About',
    failed: 'This part of the page could not be loaded. Reload the page.',
  },

  alert: {
    dismiss: 'Dismiss',
    retry: 'Try again',
    reload: 'Reload the page',
    chooseBackend: 'Choose the backend for me',
  },

  /** In what a picture differs from its file. */
  pictures: {
    firstFrame: (/** @type {number} */ frames) => (frames ? `an animation: the first of its ${frames.toLocaleString('en')} frames` : 'an animation: its first frame'),
    onWhite: 'transparent parts on white',
    noted: (/** @type {string} */ text, /** @type {string} */ notes) => `${text} (${notes})`,
  },

  errors: {
    /** What the visitor reads of an error of the package: its code and its message. */
    said: (/** @type {string} */ code, /** @type {string} */ message) => (code === 'simd-unsupported'
      ? 'This browser has no WebAssembly SIMD, and the network needs it. Chrome and Edge have it since version 91, Firefox since 89, Safari since 16.4.'
      : message),
    program: 'The program could not be loaded. Check the connection and reload the page.',
    reader: 'The part of the page that reads pictures could not be loaded. Reload the page.',
    sample: (/** @type {string} */ name) => `The sample “${name}” could not be loaded. Check the connection and try again.`,
    /** How to speak of a file. */
    file: (/** @type {string} */ name) => `“${name}”`,
    thisFile: 'The file',
    /** Why a file gives no picture; `it` is what one of the two before says. */
    refused: {
      unreadable: (/** @type {Of} */ { it }) => `${it} could not be read. It may be a folder, or have been moved or deleted.`,
      empty: (/** @type {Of} */ { it }) => `${it} is empty.`,
      noPicture: (/** @type {Of} */ { it, type }) => (type && !type.startsWith('image/') ? `${it} is not a picture but ${type}.` : `${it} is not a picture.`),
      tooLarge: (/** @type {Of} */ { it, width, height }) => `${it} has ${width} × ${height} pixels, which are too many for this browser. Make it smaller and open that.`,
      heic: (/** @type {Of} */ { it }) => `${it} is a HEIC photo, which this browser cannot read. Save it as a JPEG and open that; an iPhone takes JPEGs by itself with Settings › Camera › Formats › Most Compatible.`,
      format: (/** @type {Of} */ { it, kind }) => `${it} is in the format ${kind}, which this browser cannot read. Save it as a JPEG or PNG and open that.`,
      damaged: (/** @type {Of} */ { it, kind }) => `${it} is damaged or cut off: it begins as ${kind}, but holds no whole picture.`,
      noise: 'This browser hands out noise in place of a photo’s pixels, against tracking, and a map of noise would be wrong. Allow this page to read canvases (at the left of its address), or open it in another browser.',
    },
    droppedNothing: 'What was dropped holds no picture.',
    elsewhere: 'This page asks no other site for anything, so it cannot fetch that picture. Save it first and open it here, or copy the picture itself and paste it.',
    linkNotRead: 'The picture behind that link could not be loaded. Check the connection and try again.',
    handedOver: 'The photo that was shared or opened with this page could not be read. Choose it here.',
  },

  choice: {
    title: 'Which method’s maps are the most faithful?',
    lede: 'Black out whatever a map does not point at, and ask the network again. The less its score drops, the more of its evidence the map has found. Measured over many photos, this compares the methods.',
    folder: 'Choose a folder',
    photos: 'Choose photos',
    samples: 'Try it on the sample photos',
    hint: 'Or drop photos or folders anywhere. No picture leaves this machine: the network runs in this browser.',
    drop: 'Drop photos or folders to choose them',
    chosen: (/** @type {number} */ files) => `${count(files, 'file')} chosen.`,
  },

  setup: {
    title: 'What to measure',
    methods: 'Methods to compare',
    size: 'Size',
    square: '224 × 224, squeezed',
    kept: {
      224: '224, aspect kept',
      320: '320, aspect kept',
      448: '448, aspect kept',
    },
    sizeHint: 'What the network sees of each picture. The paper squeezes all to a square; the other sizes are of the short side.',
    network: (/** @type {string} */ name) => `Network: ${name}`,
    undefinedFor: (/** @type {string} */ methods) => `${methods} cannot be made for this network, whose scores are not a linear function of what it pools. Leave it out.`,
    ownSize: 'The network’s own',
    inOwnSize: 'at the network’s own size',
    inSquare: 'squeezed to 224 × 224',
    withShortSide: (/** @type {string} */ pixels) => `with a short side of ${pixels}`,
    curves: 'Curves',
    noCurves: 'None, fastest',
    steps: {
      10: 'In 10 steps',
      20: 'In 20 steps',
      50: 'In 50 steps',
    },
    stepsHint: 'Deletion and insertion. Each step runs the network twice more for every method.',
    start: 'Evaluate',
    startFiles: (/** @type {number} */ files) => `Evaluate ${count(files, 'file')}`,
    chooseMethod: 'Choose at least one method.',
    choosePictures: 'Choose pictures first.',
  },

  run: {
    progress: 'Progress',
    cancel: 'Cancel',
    picture: (/** @type {string} */ number, /** @type {string} */ all) => `Picture ${number} of ${all}`,
    left: (/** @type {string} */ duration) => `about ${duration} left`,
    seconds: (/** @type {string} */ number) => `${number} s`,
    minutes: (/** @type {string} */ number) => `${number} min`,
    hours: (/** @type {string} */ number) => `${number} h`,
    on: { cpu: 'the CPU', webgpu: 'WebGPU' },
    done: (/** @type {number} */ files, /** @type {string} */ duration, /** @type {string} */ backend) =>
      `${count(files, 'file')} in ${duration} on ${backend}.`,
    cancelled: (/** @type {string} */ done, /** @type {number} */ all) => `Cancelled after ${done} of ${count(all, 'file')}.`,
    ended: (/** @type {string} */ done, /** @type {number} */ all) => `Ended after ${done} of ${count(all, 'file')}.`,
  },

  results: {
    title: 'Results',
    csv: 'Download CSV',
    means: 'Mean results, scrollable',
    meansOver: (/** @type {number} */ pictures, /** @type {string} */ size) => `Means over ${count(pictures, 'picture')}, ${size}`,
    only: (/** @type {string} */ method, /** @type {string} */ drop) => `${method} has an Average Drop of ${drop}.`,
    lowest: (/** @type {string} */ method, /** @type {string} */ drop) => `${method} has the lowest Average Drop: ${drop}.`,
    shared: (/** @type {string} */ methods, /** @type {string} */ drop) => `${methods} share the lowest Average Drop: ${drop}.`,
    method: 'Method',
    averageDrop: 'Average Drop',
    increase: 'Increase in Confidence',
    deletionArea: 'Deletion area',
    insertionArea: 'Insertion area',
    better: { lower: 'lower is better', higher: 'higher is better' },
    best: 'best',
    wins: 'Wins by pair, scrollable',
    winTable: {
      caption: 'Win: on what share of the pictures each method of a pair has the strictly lower drop; a tie counts for none',
      wins: 'wins',
      ties: 'ties',
      loses: 'loses',
      against: 'against',
    },
    every: 'Every picture',
    everyHint: 'Press a name to see what the maps leave visible of the picture.',
    byPicture: 'Results by picture, scrollable',
    pictureTable: {
      caption: 'Y: score on the whole picture. O: score on what the map leaves visible.',
      picture: 'Picture',
      class: 'Class',
      smallest: 'Smallest drop',
      drop: 'drop',
      tie: 'tie',
      emptyMap: (/** @type {string} */ drop) => `${drop}, empty map`,
    },
    leftOut: (/** @type {number} */ files) => `${count(files, 'file')} left out`,
  },

  plots: {
    drops: 'How much of the score each picture loses',
    dropsHint: 'One mark a picture, the mean as a line. Zero: nothing is lost. 100%: nothing is left.',
    dropsTitle: 'Drop by method',
    dropsAxis: 'Share of the score that is lost',
    dropsOf: (/** @type {{ method: string, mean: string, least: string, most: string, none: number, all: number }} */ { method, mean, least, most, none, all }) =>
      `${method}: mean ${mean}, from ${least} to ${most}; ${none} of ${all} lose nothing.`,
    mean: (/** @type {string} */ mean) => `mean ${mean}`,
    loseNothing: (/** @type {number} */ none, /** @type {number} */ all) => `${none} of ${all} lose nothing`,
    lines: 'Lines of the curves',
    deletion: 'Deletion: the lower, the better',
    deletionHint: 'Mean score while pixels are blacked out, those highest on the map first.',
    deletionTitle: 'Deletion curves',
    deletionAxis: 'Pixels blacked out',
    insertion: 'Insertion: the higher, the better',
    insertionHint: 'Mean score while pixels are put into a black picture, in the same order.',
    insertionTitle: 'Insertion curves',
    insertionAxis: 'Pixels put in',
    curveOf: (/** @type {{ method: string, area: string, beginning: string, halfway: string, end: string }} */ { method, area, beginning, halfway, end }) =>
      `${method}: area ${area}; ${beginning} at the beginning, ${halfway} halfway, ${end} at the end.`,
  },

  closeup: {
    close: 'Close',
    making: 'Making the masked pictures…',
    theWhole: 'The whole picture',
    whole: 'Whole picture',
    score: (/** @type {string} */ score) => `score ${score}`,
    scoreAndDrop: (/** @type {string} */ score, /** @type {string} */ drop) => `score ${score}, drop ${drop}`,
    leaves: (/** @type {string} */ method) => `What the map of ${method} leaves visible`,
    scoreOf: (/** @type {string} */ label) => `The score is that of ${label}.`,
  },

  bench: {
    page: 'gradlens: how fast is it here?',
    question: 'How fast is it here?',
    title: 'How fast is gradlens on this machine?',
    lede: 'This page makes maps of the sample photos on each backend that this machine has, and takes the time. Nothing is sent anywhere: the result is yours to copy.',
    start: 'Measure',
    copy: 'Copy the result',
    copied: 'Result copied',
    notCopied: 'The browser does not let the page copy. Select the table and copy it yourself.',
    times: 'Times, can be scrolled',
    caption: 'Median, and in brackets the shortest and the longest time',
    measure: 'What was timed',
    measures: {
      load: 'Loading the network',
      first: 'First map',
      map: 'Map of a new photo',
      next: 'Next class of the same photo',
      many: 'Eight classes of a new photo',
      fine: 'Map at 448 × 448',
    },
    once: (/** @type {string} */ time) => `${time} ms`,
    range: (/** @type {string} */ median, /** @type {string} */ least, /** @type {string} */ most) => `${median} ms (${least}–${most})`,
    step: (/** @type {string} */ backend, /** @type {string} */ what) => `${backend}: ${what}`,
    machine: {
      browser: 'Browser',
      cores: 'Logical cores',
      threads: 'Threads on the CPU',
      adapter: 'WebGPU adapter',
      none: 'none, so the CPU alone was measured',
      unnamed: 'one that the browser does not name',
      software: (/** @type {string} */ name) => `${name}, software and slower than the CPU backend`,
    },
    hint: 'Grad-CAM++ of squares with 224 pixels a side, from pixels to numbers. Loading includes the download of what the browser has not kept.',
  },

  measured: {
    title: 'What is measured',
  },
};
