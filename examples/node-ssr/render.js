import { createElement } from 'react';
import { renderToString } from 'react-dom/server';
import { Network } from './network.js';

console.log(renderToString(createElement(Network)));
