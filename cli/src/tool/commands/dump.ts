import { once } from "node:events";
import { resolve } from "node:path";
import { Region } from "fams";
import type { CommandModule } from "yargs";
import { bytes } from "../bytes.js";
import { FORMATS, type Format, formatNames } from "../formats.js";
import { type Common, UsageError } from "../outcome.js";

interface Arguments extends Common {
  file: string;
  offset: string;
  length: string | undefined;
  as: string;
  "accept-damage": boolean;
}

/** Bytes that are formatted at a time: a multiple of every unit. */
const CHUNK = 64 * 1024;

/** fams dump: the bytes of the last commit. */
export const dump: CommandModule<Common, Arguments> = {
  command: "dump <file>",
  describe: "Print the data of the last commit, recovered in memory; changes no byte",
  builder: (yargs) =>
    yargs
      .positional("file", { type: "string", demandOption: true, describe: "Path of the region" })
      .option("offset", {
        type: "string",
        default: "0",
        requiresArg: true,
        describe: "First byte of the data, such as 4096, 0x1000 or 4KiB",
      })
      .option("length", {
        type: "string",
        requiresArg: true,
        describe: "Bytes; all that follow if not given",
      })
      .option("as", {
        choices: formatNames,
        default: "hex",
        describe: "How to print; numbers are little-endian, raw is the bytes themselves",
      })
      .option("accept-damage", {
        type: "boolean",
        default: false,
        describe: "If acknowledged commits are lost, print the last one that can be read",
      })
      .example("$0 dump counter.fams --length 64", "The first line, in hexadecimal")
      .example("$0 dump counter.fams --offset 4KiB --length 8 --as f64", "One number")
      .example("$0 dump counter.fams --as raw > counter.bin", "Everything"),
  handler: async ({ file, offset, length, as, "accept-damage": acceptDamage, json }) => {
    const format = FORMATS[as] as Format;
    if (json && format.json === undefined) throw new UsageError(`--as ${as} cannot be printed as JSON`);
    using region = Region.openSync(resolve(file), { readOnly: true, acceptDamage });
    const from = bytes("--offset", offset);
    const size = length === undefined ? region.size - from : bytes("--length", length);
    if (size < 0 || from + size > region.size)
      throw new UsageError(
        `The region has ${region.size} bytes, which end before byte ${from + Math.max(size, 0)}`,
      );
    if (size % format.unit !== 0)
      throw new UsageError(`--length ${size} is no multiple of the ${format.unit} bytes of ${as}`);
    const data = new DataView(region.buffer, from, size);
    for (const text of json ? asJson(as, format, from, data) : asText(format, from, data))
      if (!process.stdout.write(text)) await once(process.stdout, "drain");
  },
};

function* asText(format: Format, from: number, data: DataView): Generator<string | Uint8Array> {
  const state = { previous: "" };
  for (const [at, chunk] of chunks(data)) yield format.text(from + at, chunk, state);
  yield format.end(from + data.byteLength);
}

function* asJson(as: string, format: Format, offset: number, data: DataView): Generator<string> {
  yield `${JSON.stringify({ as, offset, length: data.byteLength }).slice(0, -1)},"values":[`;
  for (const [at, chunk] of chunks(data)) yield (at > 0 ? "," : "") + (format.json?.(chunk) ?? []).join(",");
  yield "]}\n";
}

function* chunks(data: DataView): Generator<[number, DataView]> {
  for (let at = 0; at < data.byteLength; at += CHUNK) {
    // A copy: what is written to a pipe outlives the region.
    const size = Math.min(CHUNK, data.byteLength - at);
    const start = data.byteOffset + at;
    yield [at, new DataView(data.buffer.slice(start, start + size))];
  }
}
