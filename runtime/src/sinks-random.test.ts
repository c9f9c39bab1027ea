/** Random bytes are marked exactly where they are put, when they are there. */

import crypto, { randomFillSync as importedFill } from "node:crypto";
import { promisify } from "node:util";
import { expect } from "chai";
import { linesAfter, linesCommitted, openRegion } from "./test-scratch.ts";

// biome-ignore lint/suspicious/noExplicitAny: arguments of every kind
type Any = any;

const setUp = () => {
  const region = openRegion();
  return { region, view: new Uint8Array(region.buffer, 64, 1024) };
};

describe("crypto.randomFill and randomFillSync", () => {
  const FILLS: [(view: Uint8Array) => unknown[], number][] = [
    [(view) => [view], 16],
    [(view) => [view, 64], 15],
    [(view) => [view, 64, 64], 1],
    [(view) => [view, 60, 8], 2],
    [(view) => [new Float64Array(view.buffer as ArrayBuffer, 64, 40), 8, 8], 1],
    [(view) => [new DataView(view.buffer, 64, 640), 64, 64], 1],
    [(view) => [view.buffer, 64, 64], 1],
    [(view) => [view, 64, 0], 0],
  ];

  it("mark exactly what they fill", async () => {
    const { region, view } = setUp();
    for (const [args, lines] of FILLS) {
      expect(linesCommitted(region, () => (crypto.randomFillSync as Any)(...args(view)))).to.equal(lines);
      expect(linesCommitted(region, () => (importedFill as Any)(...args(view)))).to.equal(lines);
      const fill = promisify(crypto.randomFill) as Any;
      expect(await linesAfter(region, () => fill(...args(view)))).to.equal(lines);
    }
  });

  it("refuse what they always refused", () => {
    const { region, view } = setUp();
    const wrong = [[view, -1], [view, 0, 9999], [view, "3"], [5], [], [new Proxy(view, {})]];
    for (const args of wrong) {
      expect(() => (crypto.randomFillSync as Any)(...args)).to.throw();
      expect(() => (crypto.randomFill as Any)(...args, () => {})).to.throw();
      expect(() => (crypto.randomFill as Any)(...args)).to.throw();
    }
    region.msyncSync();
  });
});
