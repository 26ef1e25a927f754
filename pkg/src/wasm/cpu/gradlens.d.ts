import type { CoreModule } from '../core.js';

declare const initialise: CoreModule['default'];
export default initialise;
export declare const loadCore: CoreModule['loadCore'];
export declare const loadAssistant: CoreModule['loadAssistant'];
