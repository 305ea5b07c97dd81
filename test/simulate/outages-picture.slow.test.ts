import { it } from 'vitest';
import { parseOptions } from '../../simulate/options.ts';
import { drawOutages, reportWorstMoments } from '../../simulate/report.ts';
import { expectWritten } from '../written-file.ts';

it('docs/outages.svg is what `npm run simulate` draws by default', async () => {
  const options = parseOptions([]);
  expectWritten('docs/outages.svg', await drawOutages(options, await reportWorstMoments(options, () => {})));
});
