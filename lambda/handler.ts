import { createHandler } from './create-handler.ts';
import { readConfig } from './function-config.ts';

/** Lambda's entry. A deployment that lacks something fails here, at the start, and loudly. */
export const handler = createHandler(readConfig(process.env, import.meta.url));
