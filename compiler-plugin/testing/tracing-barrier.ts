/** A barrier that announces nothing to anyone but a test: it knows which bytes may change, and sees which did. */

type Bytes = Uint8Array;

interface Watched {
  readonly view: ArrayBufferView;
  readonly bytes: Bytes;
  readonly shadow: Bytes;
  /** Element indices whose bytes may change; undefined means any. */
  announced: Set<number> | undefined;
}

export interface TracingBarrier {
  readonly S: symbol;
  v(target: unknown, key: unknown, tracker: unknown, value: unknown): unknown;
  k(target: unknown, key: unknown, tracker: unknown): unknown;
  r(
    target: unknown,
    key: unknown,
    store: (target: unknown, key: unknown, value: unknown) => void,
  ): { set v(value: unknown) };
  /** How many stores were announced. */
  readonly announcements: () => number;
  /** Describes every byte that changed without having been announced first. */
  readonly missed: () => string[];
}

export function createTracingBarrier(views: readonly ArrayBufferView[]): TracingBarrier {
  const watched = views.map(watch);
  const missed: string[] = [];
  let announcements = 0;

  function announce(target: unknown, key: unknown, value?: unknown): void {
    compare();
    announcements++;
    const record = watched.find(({ view }) => view === target);
    const index = typeof key === "symbol" ? undefined : elementIndex(key);
    const conversionRunsCode = isObject(key) || isObject(value);
    if (record !== undefined && !conversionRunsCode) {
      if (index !== undefined) record.announced?.add(index);
    } else if (isObject(target)) {
      // A proxy or an heir stands for a view that only it knows, and conversions may store anywhere.
      for (const each of watched) each.announced = undefined;
    }
  }

  function compare(): void {
    for (const { view, bytes, shadow, announced } of watched) {
      const width = (view as Uint8Array).BYTES_PER_ELEMENT ?? 1;
      for (let at = 0; at < bytes.length; at++) {
        if (bytes[at] === shadow[at]) continue;
        const element = Math.floor(at / width);
        if (announced?.has(element) === false)
          missed.push(`element ${element} of a ${view.constructor.name}`);
        shadow[at] = bytes[at] as number;
      }
    }
  }

  return {
    S: Symbol("tracker"),
    v(target, key, _tracker, value) {
      announce(target, key, value);
      return value;
    },
    k(target, key) {
      announce(target, key);
      return key;
    },
    r(target, key, store) {
      return {
        set v(value: unknown) {
          store(target, key, value);
        },
      };
    },
    announcements: () => announcements,
    missed() {
      compare();
      return missed;
    },
  };
}

function watch(view: ArrayBufferView): Watched {
  const bytes = new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
  return { view, bytes, shadow: bytes.slice(), announced: new Set() };
}

function elementIndex(key: unknown): number | undefined {
  const index = Number(String(isObject(key) ? Number.NaN : key));
  return String(index) === String(isObject(key) ? "" : key) && Number.isInteger(index) ? index : undefined;
}

function isObject(value: unknown): boolean {
  return (typeof value === "object" && value !== null) || typeof value === "function";
}
