/** An SDK client of any version: each version types commands and clients anew. */
export interface SdkClient {
  send(command: never, options: { readonly abortSignal: AbortSignal }): Promise<unknown>;
}

/**
 * Sends a command, of the version of the SDK that this package depends on.
 *
 * @throws the signal's reason once it is aborted, else what `failed` makes of the error; a client of a version that is
 *   too old throws at once.
 */
export async function sendCommand(
  client: SdkClient,
  command: object,
  { signal, failed }: { signal: AbortSignal; failed: (error: unknown) => Error },
): Promise<unknown> {
  try {
    return await client.send(command as never, { abortSignal: signal });
  } catch (error) {
    signal.throwIfAborted();
    throw failed(error);
  }
}
