import { readFile } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { parseObject } from '../contract/json-object.ts';
import { nearestOf } from '../contract/nearest.ts';
import type { DeployedToken } from '../contract/outputs.ts';
import { badInput } from './failure.ts';
import type { Session } from './session.ts';

/** Of Secrets Manager. */
const MOST_BYTES = 65_536;

export type Values = Readonly<Record<string, string>>;

/**
 * The value of the secret: fields from files, and the others from questions at a terminal, or as JSON from a pipe.
 * No message ever holds a value.
 *
 * @param files `<field>=<path>` each
 * @throws {Failure} that names the field and the rule
 */
export async function readCredentials(
  session: Session,
  token: DeployedToken,
  files: readonly string[],
): Promise<string> {
  const fromFiles = await readFiles(token, files);
  const missing = token.fields.filter((field) => fromFiles[field] === undefined);
  const others = missing.length === 0 ? {} : await readOthers(session, token, missing);
  const values = { ...others, ...fromFiles };
  refuseWrong(token, values);
  for (const doubt of doubtsAbout(token, values)) session.screen.note(doubt);
  const text = JSON.stringify(values);
  if (Buffer.byteLength(text) > MOST_BYTES) {
    throw badInput(`The credentials have ${Buffer.byteLength(text)} bytes; a secret holds ${MOST_BYTES}.`);
  }
  return text;
}

const readOthers = (session: Session, token: DeployedToken, missing: readonly string[]): Promise<Values> =>
  session.world.stdin.isTTY ? ask(session, missing) : readPiped(session.world.stdin, token);

const allFields = ({ fields, optionalFields = [] }: DeployedToken): string[] => [
  ...fields,
  ...optionalFields,
];

async function readFiles(token: DeployedToken, files: readonly string[]): Promise<Values> {
  const values: Record<string, string> = {};
  for (const file of files) {
    const [, field, path] = /^([^=]+)=(.+)$/s.exec(file) ?? [];
    if (field === undefined || path === undefined) throw badInput('--file wants <field>=<path>.');
    if (!allFields(token).includes(field)) throw unknownField(token, field);
    const text = await readFile(path, 'utf8').catch((error) => {
      throw badInput(`The file for ${field} cannot be read (${error.code}).`);
    });
    values[field] = fromFile(text);
  }
  return values;
}

/** PEM with Unix line ends; of other text the line end that editors add is no part. */
function fromFile(text: string): string {
  const unix = text.replace(/^\uFEFF/, '').replaceAll('\r\n', '\n');
  return unix.startsWith('-----BEGIN') ? unix : unix.replace(/\n$/, '');
}

async function ask(session: Session, fields: readonly string[]): Promise<Values> {
  const { askSecret, confirm } = await import('./prompts.ts');
  const values: Record<string, string> = {};
  for (const field of fields) {
    values[field] = await askSecret(session.world, { message: `${field} (not shown)`, refuse: refuseTyped });
    const isKept =
      !hasSpaceAround(values[field]) ||
      (await confirm(session.world, `It begins or ends with white space. Is that part of ${field}?`, false));
    if (!isKept) values[field] = values[field].trim();
  }
  return values;
}

const refuseTyped = (value: string): string | undefined => {
  if (value.trim() === '') return 'It is empty.';
  return value.startsWith('-----BEGIN')
    ? 'PEM has several lines: end this by Ctrl-C, and use --file <field>=<path>.'
    : undefined;
};

async function readPiped(stdin: Readable, token: DeployedToken): Promise<Values> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of stdin) {
    chunks.push(Buffer.from(chunk));
    bytes += chunk.length;
    if (bytes > 2 * MOST_BYTES)
      throw badInput(`Standard input holds more than a secret's ${MOST_BYTES} bytes.`);
  }
  const text = Buffer.concat(chunks)
    .toString('utf8')
    .replace(/^\uFEFF/, '');
  const values = parseObject(text);
  if (values === undefined) {
    const shape = token.fields.map((field) => `"${field}": "…"`).join(', ');
    throw badInput(
      text.trim() === '' ? 'Standard input is empty.' : 'Standard input is not a JSON object.',
      `It wants {${shape}}. At a terminal each field is asked for.`,
    );
  }
  const notText = Object.entries(values).find(([, value]) => typeof value !== 'string');
  if (notText !== undefined) throw badInput(`"${notText[0]}" is not a string.`);
  return values as Values;
}

function refuseWrong(token: DeployedToken, values: Values): void {
  const unknown = Object.keys(values).find((field) => !allFields(token).includes(field));
  if (unknown !== undefined) throw unknownField(token, unknown);
  const missing = token.fields.filter((field) => values[field] === undefined);
  if (missing.length > 0) {
    throw badInput(`The credentials of ${token.token} lack ${missing.join(', ')}.`, wanted(token));
  }
  const empty = Object.keys(values).find((field) => values[field]?.trim() === '');
  if (empty !== undefined) throw badInput(`"${empty}" is empty.`);
}

function unknownField(token: DeployedToken, field: string) {
  const nearest = nearestOf(allFields(token), field);
  return badInput(
    `The credentials of ${token.token} have no field "${field}".`,
    nearest === undefined ? wanted(token) : `Did you mean ${nearest}?`,
  );
}

const wanted = ({ fields, optionalFields = [] }: DeployedToken): string =>
  `They have ${fields.join(', ')}${optionalFields.length > 0 ? `, and perhaps ${optionalFields.join(', ')}` : ''}.`;

/** White space around a value is seldom meant. At a terminal this was asked. */
function doubtsAbout({ token }: DeployedToken, values: Values): string[] {
  return Object.entries(values)
    .filter(([, value]) => hasSpaceAround(value) && !value.startsWith('-----BEGIN'))
    .map(([field]) => `Warning: ${field} of ${token} begins or ends with white space, and is stored so.`);
}

const hasSpaceAround = (value: string): boolean => value !== value.trim();
