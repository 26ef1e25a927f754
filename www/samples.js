// @ts-check
import { words } from './words.js';

/**
 * One of the photos that come with the page. The list is samples/CREDITS.md in another form.
 * @typedef {object} Sample
 * @property {string} id the name of its button and of its thumbnail
 * @property {string} file its name in samples/
 * @property {string} title what is in it
 * @property {string} author
 * @property {string} licence
 * @property {string} source the name of the place it comes from
 * @property {string | null} url that place, where it has an address
 */

const commons = 'Wikimedia Commons';
const { publicDomain } = words.credits;
const cc0 = 'CC0-1.0';

/**
 * @param {keyof typeof words.samples} id
 * @param {'png' | 'webp'} type
 * @param {string} author
 * @param {string} licence
 * @param {string} source
 * @param {string | null} url
 * @returns {Sample}
 */
function sample(id, type, author, licence, source, url) {
  return { id, file: `${id}.${type}`, title: words.samples[id], author, licence, source, url };
}

/** @param {string} page a file's name on Wikimedia Commons, as its address spells it */
const onCommons = (page) => `https://commons.wikimedia.org/wiki/File:${page}`;

const scikitImage = 'https://scikit-image.org/docs/stable/api/skimage.data.html';

/**
 * The sample photos; the page opens with the first.
 * @type {readonly Sample[]}
 */
export const samples = [
  sample('jaguar', 'webp', 'Frieda Bredesen', cc0, commons, onCommons('Two_Jaguar_Sisters.jpg')),
  sample('dog', 'webp', 'Hans Kemperman', publicDomain, commons, onCommons('German-shepherd-4040871920._(2).jpg')),
  sample('chelsea', 'png', 'Stefan van der Walt', cc0, 'scikit-image', `${scikitImage}#skimage.data.chelsea`),
  sample('crocodile', 'webp', 'Djambalawa', publicDomain, commons, onCommons('Saltwater_Crocodile_on_a_river_bank_(cropped).jpg')),
  sample('chicken', 'webp', 'Tranquilles', publicDomain, commons, onCommons('Chickens_at_Tranquilles_B%26B.JPG')),
  sample('scarlet_macaw', 'webp', 'Dcoetzee', cc0, commons, onCommons('Scarlet_macaw_at_Cougar_Mountain_Zoological_Park.jpg')),
  sample('mosaic', 'png', words.credits.mosaicAuthors, words.credits.cc0AndPublicDomain, words.credits.thisPage, null),
  sample('panda', 'webp', 'Jeff Kubina', publicDomain, commons, onCommons('Giant_Panda_2004-03-2.jpg')),
  sample('koala', 'webp', 'BurningWell', publicDomain, commons, onCommons('Koala_Perth_Zoo.jpg')),
  sample('polar_bear', 'webp', words.credits.anonymous, publicDomain, commons, onCommons('Churchill_Wildlife_Management_Area_polar_bear30.JPG')),
  sample('lemur', 'webp', 'Mathias Appel', cc0, commons, onCommons('Lemur_(37122852696).jpg')),
  sample('coffee', 'png', 'Rachel Michetti', cc0, 'scikit-image', `${scikitImage}#skimage.data.coffee`),
  sample('bison', 'webp', 'Kurt Kaiser', cc0, commons, onCommons('American_Bison_9.jpg')),
  sample('duck', 'webp', 'Bernard Spragg', cc0, commons, onCommons('Aylesbury_Duck._(9373723157).jpg')),
  sample('cat', 'webp', 'Loliloli', publicDomain, commons, onCommons('Spielendes_K%C3%A4tzchen.JPG')),
  sample('moose', 'webp', 'Ryan Hagerty', publicDomain, commons, onCommons('Male_Moose.jpg')),
  sample('horse', 'webp', 'Seth Zeigler', cc0, commons, onCommons('Nokota_Horse_Stud_Band.jpg')),
  sample('sheep', 'webp', 'Rob Mitchell', cc0, commons, onCommons('Sheep_(33625876592).jpg')),
  sample('cow', 'webp', 'Dohduhdah', publicDomain, commons, onCommons('Cow-IMG_2050.JPG')),
  sample('giraffe', 'webp', 'Mike and Lara Wolfe', cc0, commons, onCommons('Giraffe_courtship_(25657342808).jpg')),
];
