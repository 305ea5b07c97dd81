import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');
const FOLDERS = readdirSync(ROOT, { withFileTypes: true }).flatMap((entry) =>
  entry.isDirectory() ? entry.name : [],
);
const DOCUMENTS = [
  'README.md',
  'CONTRIBUTING.md',
  'CHANGELOG.md',
  'environments.ts',
  ...readdirSync(join(ROOT, 'docs')).flatMap((name) => (name.endsWith('.md') ? `docs/${name}` : [])),
];

const read = (document: string): string => readFileSync(join(ROOT, document), 'utf8');

/** As GitHub names the anchors of headings. */
const anchors = (document: string): string[] =>
  [...read(document).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\w -]/g, '')
      .replaceAll(' ', '-'),
  );

/** Relative links as they are written: `../client/options.ts`, `#python`, `security.md#changing-the-key`. */
const linksOf = (document: string): string[] =>
  [...read(document).matchAll(/\]\((?!https?:)([^)\s]+)\)/g)].map(([, target = '']) => target);

/** Paths in backticks that begin at a folder of the repository. */
const pathsOf = (document: string): string[] =>
  [...read(document).matchAll(/`([\w-]+)(\/[\w./-]*)`/g)].flatMap(([, folder = '', rest]) =>
    FOLDERS.includes(folder) ? `${folder}${rest}` : [],
  );

function isThere(document: string, link: string): boolean {
  const [path = '', anchor] = link.split('#');
  const target = path === '' ? document : join(dirname(document), path);
  return existsSync(join(ROOT, target)) && (anchor === undefined || anchors(target).includes(anchor));
}

it.each(DOCUMENTS)('%s links to and names what is there', (document) => {
  expect(linksOf(document).filter((link) => !isThere(document, link))).toEqual([]);
  expect(pathsOf(document).filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
});

it('there are links and paths', () => {
  expect(linksOf('CONTRIBUTING.md').length).toBeGreaterThan(20);
  expect(pathsOf('docs/faults.md').length).toBeGreaterThan(10);
});
