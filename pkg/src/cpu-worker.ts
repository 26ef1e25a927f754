/**
 * The worker of `gradlens/cpu`.
 *
 * @module
 */
import { cpuAlone } from './packaged-cpu.js';
import { serve } from './serve.js';

serve(cpuAlone);
