import { functionBundle } from '../lib/functions/function-bundles.ts';
import { firstLoaded, kibOf } from './first-loaded.ts';

/** Every cold start loads the one; the other is deployed. */
const MOST_KIB = { loaded: 350, deployed: 560 };

const files = functionBundle('refresher');
const loaded = kibOf(files, firstLoaded(files));
const deployed = kibOf(files);
console.log(
  `The function loads ${loaded.toFixed(1)} KiB of minified code at its start; at most ${MOST_KIB.loaded} KiB are allowed.`,
);
console.log(`${deployed.toFixed(1)} KiB are deployed; at most ${MOST_KIB.deployed} KiB are allowed.`);
process.exitCode = loaded <= MOST_KIB.loaded && deployed <= MOST_KIB.deployed ? 0 : 1;
