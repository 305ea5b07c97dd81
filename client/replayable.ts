const REPLAYABLE = ['ArrayBuffer', 'SharedArrayBuffer', 'Blob', 'File', 'FormData', 'URLSearchParams'];

/** Whether a request can be sent a second time: its body is not used up, or it is a `Request` that can be copied. */
export function isReplayable(input: string | URL | Request, init: RequestInit | undefined): boolean {
  const own: unknown = init?.body;
  if (isRequest(input) && (own === null || own === undefined)) return !isPiped(input.body);
  if (own === null || own === undefined || typeof own === 'string' || ArrayBuffer.isView(own)) return true;
  // By name, not by class: each implementation of fetch brings its own. The npm package form-data has the name, and pipes.
  const name = Object.prototype.toString.call(own).slice('[object '.length, -1);
  return REPLAYABLE.includes(name) && !isPiped(own);
}

/** A Node.js stream. It cannot be copied without reading both copies at once. */
const isPiped = (body: unknown): boolean => 'pipe' in Object(body);

/** By what it has: each implementation of fetch brings its own class. */
export const isRequest = (input: unknown): input is Request =>
  typeof input === 'object' && input !== null && 'headers' in input && 'clone' in input;
