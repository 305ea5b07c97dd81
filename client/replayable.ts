const REPLAYABLE = ['ArrayBuffer', 'SharedArrayBuffer', 'Blob', 'File', 'FormData', 'URLSearchParams'];

/**
 * Whether a request can be sent a second time: sending its body does not use it up. The body of a `Request` is a
 * stream, whatever it was made of.
 */
export function isReplayable(input: string | URL | Request, init: RequestInit | undefined): boolean {
  const body: unknown = init?.body ?? (isRequest(input) ? input.body : null);
  if (body === null || body === undefined || typeof body === 'string' || ArrayBuffer.isView(body))
    return true;
  // By name, not by class: each implementation of fetch brings its own. The npm package form-data has the name, and pipes.
  const name = Object.prototype.toString.call(body).slice('[object '.length, -1);
  return REPLAYABLE.includes(name) && !('pipe' in Object(body));
}

export const isRequest = (input: string | URL | Request): input is Request =>
  typeof input === 'object' && 'headers' in input;
