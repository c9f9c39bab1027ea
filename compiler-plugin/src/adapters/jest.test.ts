import { spawnSync } from "node:child_process";
import { createRequire } from "node:module";
import { stripVTControlCharacters } from "node:util";
import { createTransformer as createSwcJest } from "@fams/compiler-plugin/swc-jest";
import { createTransformer as createTsJest } from "@fams/compiler-plugin/ts-jest";
import { expect } from "chai";
import { ProjectFolder } from "../../testing/project-folder.ts";

const JEST = createRequire(import.meta.url).resolve("jest/bin/jest");
const SWC = [
  "@fams/compiler-plugin/swc-jest",
  { jsc: { target: "es2022", parser: { syntax: "typescript" } } },
];
const ENVIRONMENT = "@fams/compiler-plugin/jest-environment";

function jest(folder: ProjectFolder, ...args: string[]) {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ["--experimental-vm-modules", JEST, "--no-cache", "--colors=false", ...args],
    { cwd: folder.path, encoding: "utf8" },
  );
  return { status, output: stripVTControlCharacters(stdout + stderr) };
}

const config = (transformer: unknown, testEnvironment = ENVIRONMENT) => ({
  testEnvironment,
  extensionsToTreatAsEsm: [".ts"],
  transform: { "\\.ts$": transformer },
});

const TEST = `import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { Region } from "fams";

test("every store is committed", () => {
  const folder = mkdtempSync(join(tmpdir(), "fams-jest-"));
  const region = Region.openSync(join(folder, "r.fams"), { size: "64 KiB", durability: "process", verify: true });
  const kinds = [Int8Array, Uint8Array, Uint16Array, Int32Array, Float32Array, Float64Array];
  kinds.forEach((View, n) => {
    const view = new View(region.buffer);
    const at = ((n + 1) * 4096) / view.BYTES_PER_ELEMENT;
    view[at] = 1;
    view.set([2], at + 128);
    view.fill(3, at + 256, at + 257);
    Reflect.set(view, at + 384, 4);
    Object.assign(view, { [at + 512]: 5 });
  });
  new BigInt64Array(region.buffer)[8] = 6n;
  Buffer.from(region.buffer)[128] = 7;
  Atomics.store(new Int32Array(region.buffer), 48, 8);
  new DataView(region.buffer).setFloat64(8000, 9);
  expect(() => region.msyncSync()).not.toThrow();
  region.close();
  rmSync(folder, { recursive: true });
});
`;

describe("Jest", function () {
  this.timeout("2m");

  it("sees the stores of all views, in test file after test file of one process", () => {
    using folder = new ProjectFolder({
      "package.json": { type: "module" },
      "jest.config.json": config(SWC),
      "one.test.ts": TEST,
      "two.test.ts": TEST,
      "three.test.ts": TEST,
    });
    const { status, output } = jest(folder, "--runInBand");
    expect(output)
      .to.include("Tests:       3 passed, 3 total")
      .and.not.match(/deprecat|leak/i);
    expect(status).to.equal(0);
  });

  it("is told where an environment would hide stores", () => {
    using folder = new ProjectFolder({
      "package.json": { type: "module" },
      "jest.config.json": config(SWC, "node"),
      "one.test.ts": TEST,
    });
    const { status, output } = jest(folder);
    expect(status).to.equal(1);
    expect(output).to.include("one.test.ts").and.to.include(`testEnvironment: "${ENVIRONMENT}"`);
  });

  it("reports with ts-jest the type errors of the text as it was written, and none besides", () => {
    using folder = new ProjectFolder({
      "tsconfig.json": {
        compilerOptions: {
          ...{ target: "ES2022", module: "CommonJS", esModuleInterop: true },
          ...{ strict: true, noUnusedLocals: true, types: [], skipLibCheck: true },
        },
      },
      "jest.config.json": {
        testEnvironment: ENVIRONMENT,
        transform: { "\\.ts$": "@fams/compiler-plugin/ts-jest" },
      },
      "right.test.ts": `import { test } from "@jest/globals";
test("x", () => { const a: number[] = []; let i = 0; [a[i++], a[i]] = [1, 2]; for (a[2] of [3]) {} a[i] ??= 1; });\n`,
      "wrong.test.ts": `import { test } from "@jest/globals";
test("x", () => { const a: number[] = []; let i = 0; a[i++] = 1; a[i] = "2"; });\n`,
    });
    const { status, output } = jest(folder);
    expect(output).to.include("Tests:       1 passed, 1 total");
    expect(output.match(/error.*TS\d+|wrong\.test\.ts:\d+:\d+/g), output).to.deep.equal([
      "wrong.test.ts:2:66",
      "error TS2322",
    ]);
    expect(status).to.equal(1);
  });

  it("keeps transformed files by everything that they depend on", () => {
    using folder = new ProjectFolder({
      "tsconfig.json": { compilerOptions: { esModuleInterop: true }, files: ["a.ts"] },
      "a.ts": "",
    });
    const { path } = folder;
    const jestOptions = {
      config: { rootDir: path, cwd: path, testMatch: [], testRegex: [], testEnvironment: ENVIRONMENT },
      ...{
        configString: "",
        instrument: false,
        supportsStaticESM: true,
        cacheFS: new Map(),
        transformerConfig: {},
      },
    };
    for (const create of [createSwcJest, createTsJest]) {
      const key = (options: { fams?: { paranoid: boolean } }) =>
        create(options).getCacheKey("a[0] = 1", folder.at("a.ts"), jestOptions as never) as string;
      expect(key({})).to.equal(key({}));
      expect(key({})).to.not.equal(key({ fams: { paranoid: true } }));
    }
  });
});
