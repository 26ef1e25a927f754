import type { CoreModule } from '../core.js';

declare const initialise: CoreModule['default'];
export default initialise;
export declare const loadCore: CoreModule['loadCore'];
export declare const formTeam: CoreModule['formTeam'];
export declare const teamSize: CoreModule['teamSize'];
export declare const helpTeam: CoreModule['helpTeam'];
export declare const abandonTeam: CoreModule['abandonTeam'];
