import { awsEdges } from './aws-edges.ts';
import { createHandler } from './create-handler.ts';
import { readConfig } from './function-config.ts';

const config = readConfig(process.env, import.meta.url);

/** Lambda's entry point. An incomplete deployment fails here, when the module is loaded. */
export const handler = createHandler(config, awsEdges(config));
