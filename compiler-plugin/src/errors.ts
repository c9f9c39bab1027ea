export type InstrumentErrorCode =
  | "ERR_FAMS_PARSE"
  | "ERR_FAMS_TYPES"
  | "ERR_FAMS_OPTION"
  | "ERR_FAMS_TSCONFIG";

/** What went wrong with one file. `line` and `column` count from 1 and are present for ERR_FAMS_PARSE. */
export class InstrumentError extends Error {
  override readonly name = "InstrumentError";
  readonly code: InstrumentErrorCode;
  readonly filename: string;
  readonly line: number | undefined;
  readonly column: number | undefined;

  constructor(
    code: InstrumentErrorCode,
    message: string,
    where: { filename: string; line?: number; column?: number },
    options?: ErrorOptions,
  ) {
    const position = where.line === undefined ? "" : `:${where.line}:${where.column}`;
    super(`${where.filename}${position}: ${message}`, options);
    this.code = code;
    this.filename = where.filename;
    this.line = where.line;
    this.column = where.column;
  }
}
