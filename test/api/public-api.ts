import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A name of a module, as another calls it. */
interface Declared {
  readonly file: string;
  readonly name: string;
}

interface Module {
  /** What it declares: the text, without comments. */
  readonly declarations: ReadonlyMap<string, string>;
  /** What it takes from other modules of the package, or passes on, by the name it has here. */
  readonly imported: ReadonlyMap<string, Declared>;
  /** What it exports of others. */
  readonly passedOn: readonly Declared[];
}

/**
 * What users can see of a module: the declarations of its exports, and of all that these name in turn. From emitted
 * declaration files, whose statements begin where a line does.
 *
 * @param file the module's declaration file, without its ending.
 */
export function publicApi(file: string): { exported: string[]; named: string[] } {
  const modules = new Map<string, Module>();
  const moduleOf = (path: string): Module => {
    const known = modules.get(path) ?? parse(path);
    modules.set(path, known);
    return known;
  };
  const declarationOf = ({ file, name }: Declared): { text: string; file: string } | undefined => {
    const { declarations, imported } = moduleOf(file);
    const text = declarations.get(name);
    const source = imported.get(name);
    if (text !== undefined) return { text, file };
    return source && declarationOf(source);
  };
  const exportsOf = (path: string): Declared[] =>
    moduleOf(path).passedOn.flatMap((one) => (one.name === '*' ? exportsOf(one.file) : [one]));

  const texts = new Set<string>();
  const visit = (declared: Declared): void => {
    const found = declarationOf(declared);
    if (found === undefined || texts.has(found.text)) return;
    texts.add(found.text);
    for (const [name] of found.text.matchAll(/[\w$]+/g)) visit({ file: found.file, name });
  };
  const own = exportsOf(file);
  for (const one of own) visit(one);
  const exported = new Set(own.map((one) => declarationOf(one)?.text ?? `${one.name}: not found`));
  const named = [...texts].filter((text) => !exported.has(text));
  return { exported: [...exported].sort(byName), named: named.sort(byName) };
}

const DECLARATION =
  /^(?:export )?(?:declare )?(?:abstract )?(?:class|interface|type|function|const|enum) ([\w$]+)/;
const LIST = /^(import|export) (?:type )?(?:\{([^}]*)\}|(\*)) from '(\.[^']*)\.ts';/;

function parse(path: string): Module {
  const text = readFileSync(`${path}.d.ts`, 'utf8').replaceAll(/^ *\/\*\*[\s\S]*?\*\/\n/gm, '');
  const statements = text.split(/\n(?=\w)/);
  const declarations = new Map<string, string>();
  const imported = new Map<string, Declared>();
  const passedOn: Declared[] = [];
  for (const statement of statements) {
    const [, name] = DECLARATION.exec(statement) ?? [];
    // Overloads are one declaration.
    if (name !== undefined)
      declarations.set(name, [declarations.get(name), plain(statement)].filter(Boolean).join('\n'));
    const [, keyword, names = '*', , from] = LIST.exec(statement) ?? [];
    if (from === undefined) continue;
    for (const item of names.split(',').filter((one) => one.trim() !== '')) {
      const [source = '', here = source] = item
        .trim()
        .replace(/^type /, '')
        .split(' as ');
      const declared = { file: join(path, '..', from), name: source };
      imported.set(here, declared);
      if (keyword === 'export') passedOn.push(declared);
    }
  }
  return { declarations, imported, passedOn };
}

const plain = (statement: string): string =>
  statement
    .replace(/^export /, '')
    .replace(/^declare /, '')
    .trim();

const byName = (a: string, b: string): number => (nameOf(a) < nameOf(b) ? -1 : 1);
const nameOf = (text: string): string => DECLARATION.exec(text)?.[1] ?? text;
