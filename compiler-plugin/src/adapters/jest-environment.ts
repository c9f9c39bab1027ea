/**
 * Where tests run that store into regions, in the configuration of Jest:
 *
 *     testEnvironment: "@fams/compiler-plugin/jest-environment"
 *
 * Jest runs each test file in a realm of its own, with a mixture of built-ins: ArrayBuffer and Uint8Array are those of Node.js, the
 * other views the realm's. A barrier that is loaded there would know one half of them, and would wrap what all realms share once
 * more for every test file. So the barrier is loaded outside, once, and the realm is given the built-ins that it watches.
 */
import { createRequire } from "node:module";
import { join } from "node:path";
import { TestEnvironment } from "jest-environment-node";

/** Any class of environments for Jest. */
// biome-ignore lint/suspicious/noExplicitAny: TypeScript asks that of mixins
type EnvironmentClass = abstract new (...args: any[]) => { global: typeof globalThis };

interface Config {
  readonly projectConfig: { readonly rootDir: string };
}

const BARRIER = Symbol.for("fams.barrier.1");
const BUILT_INS = [
  ...[
    "Int8Array",
    "Uint8Array",
    "Uint8ClampedArray",
    "Int16Array",
    "Uint16Array",
    "Int32Array",
    "Uint32Array",
  ],
  ...["Float16Array", "Float32Array", "Float64Array", "BigInt64Array", "BigUint64Array", "DataView"],
  ...["ArrayBuffer", "SharedArrayBuffer", "Atomics"],
];
const METHODS: [owner: "Object" | "Reflect", names: string[]][] = [
  ["Object", ["assign", "defineProperty", "defineProperties"]],
  ["Reflect", ["set", "defineProperty"]],
];

/** `Environment`, for example that of jsdom, with stores tracked in the tests that it runs. */
export function withTracking<T extends EnvironmentClass>(Environment: T): T {
  abstract class TrackingEnvironment extends Environment {
    // biome-ignore lint/suspicious/noExplicitAny: TypeScript asks that of mixins
    constructor(...args: any[]) {
      super(...args);
      const { projectConfig } = args[0] as Config;
      shareBarrier(this.global, projectConfig.rootDir);
    }
  }
  return TrackingEnvironment;
}

function shareBarrier(realm: typeof globalThis, rootDir: string): void {
  // The program's own copy of fams, if there are several.
  createRequire(join(rootDir, "jest.config.js"))("fams/barrier");
  const outside = globalThis as unknown as Record<string | symbol, unknown>;
  // What a getter gives is not Jest's to clean up.
  Object.defineProperty(realm, BARRIER, { get: () => outside[BARRIER] });
  for (const name of BUILT_INS) replace(realm, name, outside[name]);
  for (const [owner, names] of METHODS) {
    for (const name of names) replace(realm[owner], name, Reflect.get(globalThis[owner], name));
  }
}

function replace(owner: object, name: string, value: unknown): void {
  if (value !== undefined) Object.defineProperty(owner, name, { value, writable: true, configurable: true });
}

export default withTracking(TestEnvironment);
