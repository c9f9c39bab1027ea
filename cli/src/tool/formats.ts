/** How bytes are printed. */

/** One way of printing. */
export interface Format {
  /** Bytes of one value. */
  unit: number;
  /** The text for a chunk that begins at byte `offset` of the data. `state` is one dump's. */
  text(offset: number, chunk: DataView, state: { previous: string }): string | Uint8Array;
  /** What comes last, at byte `offset`. */
  end(offset: number): string;
  /** The values of a chunk as JSON; not there if they have none. */
  json?(chunk: DataView): string[];
}

const ROW = 16;
const address = (offset: number): string => offset.toString(16).padStart(8, "0");

const byteValues = (chunk: DataView): Uint8Array =>
  new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength);

/** As `hexdump -C`: repeated rows are an asterisk, the last line is the end. */
const hex: Format = {
  unit: 1,
  text(offset, chunk, state) {
    const bytes = byteValues(chunk);
    let text = "";
    for (let at = 0; at < bytes.length; at += ROW) {
      const row = bytes.subarray(at, at + ROW);
      const digits = Array.from(row, (byte) => byte.toString(16).padStart(2, "0"));
      const key = digits.join("");
      const repeated = row.length === ROW && (state.previous === key || state.previous === `${key}*`);
      if (!repeated)
        text += `${address(offset + at)}  ${digits.join(" ").padEnd(3 * ROW)} |${printable(row)}|\n`;
      else if (state.previous === key) text += "*\n";
      state.previous = repeated ? `${key}*` : key;
    }
    return text;
  },
  end: (offset) => `${address(offset)}\n`,
  json: (chunk) => Array.from(byteValues(chunk), String),
};

const printable = (row: Uint8Array): string =>
  Array.from(row, (byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : ".")).join("");

const raw: Format = { unit: 1, text: (_offset, chunk) => byteValues(chunk), end: () => "" };

/** One value a line. What JSON cannot hold as a number is a string there. */
function numbers(unit: number, get: (chunk: DataView, at: number) => number | bigint): Format {
  const values = (chunk: DataView) =>
    Array.from({ length: chunk.byteLength / unit }, (_, i) => get(chunk, i * unit));
  const asJson = (value: number | bigint): string =>
    typeof value === "number" && Number.isFinite(value) ? JSON.stringify(value) : `"${value}"`;
  return {
    unit,
    text: (offset, chunk) =>
      values(chunk)
        .map((value, i) => `${address(offset + i * unit)}  ${Object.is(value, -0) ? "-0" : value}\n`)
        .join(""),
    end: () => "",
    json: (chunk) => values(chunk).map(asJson),
  };
}

/** By the name that `--as` takes. */
export const FORMATS: Readonly<Record<string, Format>> = {
  hex,
  raw,
  u8: numbers(1, (chunk, at) => chunk.getUint8(at)),
  i8: numbers(1, (chunk, at) => chunk.getInt8(at)),
  u16: numbers(2, (chunk, at) => chunk.getUint16(at, true)),
  i16: numbers(2, (chunk, at) => chunk.getInt16(at, true)),
  u32: numbers(4, (chunk, at) => chunk.getUint32(at, true)),
  i32: numbers(4, (chunk, at) => chunk.getInt32(at, true)),
  u64: numbers(8, (chunk, at) => chunk.getBigUint64(at, true)),
  i64: numbers(8, (chunk, at) => chunk.getBigInt64(at, true)),
  f32: numbers(4, (chunk, at) => chunk.getFloat32(at, true)),
  f64: numbers(8, (chunk, at) => chunk.getFloat64(at, true)),
};

export const formatNames: readonly string[] = Object.keys(FORMATS);
