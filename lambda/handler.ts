import { awsEdges } from './aws-edges.ts';
import { createHandler } from './create-handler.ts';
import { readConfig } from './function-config.ts';

const config = readConfig(process.env, import.meta.url);

/** Lambda's entry. A deployment that lacks something fails here, at the start, and loudly. */
export const handler = createHandler(config, awsEdges(config));
