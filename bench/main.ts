/** Measures side by side, and writes docs/performance.md. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { coldSection } from './cold-section.ts';
import { costSection } from './cost-section.ts';
import { manyTokensSection } from './many-tokens-section.ts';
import { readersSection } from './readers-section.ts';
import { recoverySection } from './recovery-section.ts';
import { isMet, report, type Section } from './report.ts';

const FILE = join(import.meta.dirname, '../docs/performance.md');

const { quick: isQuick = false } = new Command()
  .name('npm run bench --')
  .description('Measures side by side, and writes docs/performance.md: some 6 minutes, with --quick one.')
  .option('--quick', 'few rounds and few tokens')
  .parse()
  .opts<{ quick?: boolean }>();

const sections: Section[] = [];
for (const [name, measure] of Object.entries({
  'cold starts': () => coldSection(isQuick ? 5 : 15),
  'from a 401 to a new token': () => recoverySection(isQuick ? 5 : 15),
  readers: () => readersSection(),
  'many tokens': () =>
    manyTokensSection(
      isQuick
        ? [[10, 10]]
        : [
            [1, 3],
            [10, 3],
            [70, 10],
            [70, 3],
          ],
    ),
  cost: () => costSection(),
})) {
  const startedAt = performance.now();
  process.stderr.write(`measuring ${name} … `);
  sections.push(await measure());
  process.stderr.write(`${Math.round((performance.now() - startedAt) / 1000)} s\n`);
}
writeFileSync(FILE, report(sections, { isQuick }));
for (const target of sections.flatMap((section) => section.targets)) {
  console.log(
    `${isMet(target) ? 'met   ' : 'MISSED'} ${target.what}: ${target.seen.toFixed(2)} of at most ${target.target} ${target.unit}`,
  );
}
console.log('docs/performance.md is written');
// Timers of the libraries would keep the process for a minute.
process.exit(0);
