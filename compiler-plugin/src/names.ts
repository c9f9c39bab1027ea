/** The names that instrumented code adds to a file. */

export interface Names {
  /** The barrier's namespace. */
  readonly barrier: string;
  /** Temporaries for bases and keys; `depth` keeps those apart that are live at the same time. */
  base(depth: number): string;
  key(depth: number): string;
  /** Temporaries for the tracks of receivers, numbered from 0 in each activation. */
  track(number: number): string;
  /** The same for batches, and for the first value of a counter and the last key of a store in them. */
  batch(number: number): string;
  first(number: number): string;
  last(number: number): string;
  /** The temporary for a value. */
  readonly value: string;
}

/** `$f`, or `$f1`, `$f2`, ... when the text uses one of the names before. */
export function chooseNames(text: string): Names {
  const taken = new Set(withoutEscapes(text).match(/\$f\d*[bknstiv]?\d*(?![\w$])/g));
  for (let attempt = 0; ; attempt++) {
    const barrier = attempt === 0 ? "$f" : `$f${attempt}`;
    const clash = [...taken].some(
      (name) => /^(?:[bknstiv]\d*)?$/.test(name.slice(barrier.length)) && name.startsWith(barrier),
    );
    if (clash) continue;
    const numbered = (kind: string) => (number: number) => `${barrier}${kind}${number === 0 ? "" : number}`;
    return {
      barrier,
      base: numbered("b"),
      key: numbered("k"),
      track: numbered("t"),
      batch: numbered("n"),
      first: numbered("s"),
      last: numbered("i"),
      value: `${barrier}v`,
    };
  }
}

/** An identifier may spell any of its characters as an escape. */
function withoutEscapes(text: string): string {
  if (!text.includes("\\u")) return text;
  return text.replace(/\\u(?:\{0*([\da-f]{1,6})\}|([\da-f]{4}))/gi, (_, long: string, short: string) =>
    String.fromCharCode(Number.parseInt(long ?? short, 16)),
  );
}
