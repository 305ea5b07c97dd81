/** As `--help` explains them. */
export const EXIT = { ok: 0, notOk: 1, badInput: 2, interrupted: 130 } as const;

/** Ends a command: the message is for the person who typed it, the remedy says what to do. */
export class Failure extends Error {
  override readonly name = 'Failure';
  readonly exitCode: number;
  readonly remedy: string | undefined;

  constructor(
    message: string,
    { exitCode = EXIT.notOk, remedy }: { exitCode?: number; remedy?: string } = {},
  ) {
    super(message);
    this.exitCode = exitCode;
    this.remedy = remedy;
  }
}

export const badInput = (message: string, remedy?: string): Failure =>
  new Failure(message, { exitCode: EXIT.badInput, ...(remedy !== undefined && { remedy }) });
