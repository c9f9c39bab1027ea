/** The names that instrumented code adds to a file. */

/** Every added name starts with this; a file's own names that do decide which number is appended. */
export const RESERVED_PREFIX = "$f";

export interface Names {
  /** The barrier's namespace. */
  readonly barrier: string;
  /** Temporaries for bases and keys; `depth` keeps those apart that are live at the same time. */
  base(depth: number): string;
  key(depth: number): string;
}

export function chooseNames(taken: ReadonlySet<string>): Names {
  for (let number = 0; ; number++) {
    const barrier = number === 0 ? RESERVED_PREFIX : `${RESERVED_PREFIX}${number}`;
    const clash = [...taken].some(
      (name) => name.startsWith(barrier) && /^(?:[bk]\d*)?$/.test(name.slice(barrier.length)),
    );
    if (clash) continue;
    const numbered = (kind: string) => (depth: number) => `${barrier}${kind}${depth === 0 ? "" : depth}`;
    return { barrier, base: numbered("b"), key: numbered("k") };
  }
}
