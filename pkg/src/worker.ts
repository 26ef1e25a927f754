/**
 * The worker of the package's main entry.
 *
 * @module
 */
import { all } from './packaged-all.js';
import { serve } from './serve.js';

serve(all);
