/** Times instrument() against the parse that it begins with, and sends the result to the process that started this one. */
import { instrument } from "@fams/compiler-plugin";
import { type ParseOptions, parseSync } from "@swc/core";
import { CORPUS, type CorpusFile } from "./corpus.ts";
import { alternate, type Contestant, type Result, ratio, spread, warmUp } from "./harness.ts";

const parse = ({ text, format }: CorpusFile) =>
  parseSync(text, { syntax: "ecmascript", target: "esnext", isModule: format === "module" } as ParseOptions);
const addBarriers = ({ name, text, format }: CorpusFile) => instrument(text, { filename: name, format });
const bytes = (texts: readonly string[]) => texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0);

const pass = (work: (file: CorpusFile) => unknown): Contestant => ({
  pass() {
    for (const file of CORPUS) work(file);
  },
});

function measure(quick: boolean): Result {
  const contestants = [pass(parse), pass(addBarriers)] as const;
  for (const contestant of contestants) warmUp(contestant, 5);
  const [parsed, instrumented] = alternate(contestants, quick ? 7 : 25, 3) as [number[], number[]];
  const milliseconds = (times: number[]) => ({ unit: "ms", ...spread(times.map((ns) => ns / 1e6)) });
  const source = bytes(CORPUS.map(({ text }) => text));
  const emitted = bytes(CORPUS.map((file) => addBarriers(file).code));
  return {
    ratios: {
      "transform.swc_instrument_over_parse": ratio(instrumented, parsed),
      "transform.emitted_bytes_over_source": spread([emitted / source]),
    },
    rows: [
      { name: "corpus: @swc/core's parse", ...milliseconds(parsed) },
      { name: "corpus: instrument()", ...milliseconds(instrumented) },
      { name: `corpus: ${CORPUS.length} files`, unit: "bytes", ...spread([source]) },
      ...CORPUS.map(({ name, text }) => ({ name: `  ${name}`, unit: "bytes", ...spread([bytes([text])]) })),
      { name: "corpus: emitted", unit: "bytes", ...spread([emitted]) },
    ],
  };
}

process.send?.(measure(process.argv[2] === "quick"));
