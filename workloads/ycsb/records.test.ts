import { expect } from "chai";
import { Keys, Value } from "./records.ts";

describe("records", () => {
  it("keys are 16 bytes, all different, and the same each time", () => {
    const keys = new Keys();
    expect(keys.text(7)).to.equal("user000000000007").and.equal(keys.text(7));
    expect(new Set([0, 1, 10, 99_999, 123_456_789].map((number) => keys.text(number))).size).to.equal(5);
  });

  for (const size of [4, 7, 8, 97, 98, 99, 100]) {
    it(`a value of ${size} bytes tells its version and any change of one byte behind it`, () => {
      const value = new Value(size);
      value.fill(12, 345);
      expect(value.version).to.equal(345);
      expect(value.isWhole(12)).to.equal(true);
      for (let i = 4; i < size; i++) {
        value.bytes[i] ^= 1;
        expect(value.isWhole(12), `byte ${i}`).to.equal(false);
        value.bytes[i] ^= 1;
      }
    });
  }

  it("a mixture of two versions, cut at any word, is not whole; nor is another record's value", () => {
    for (let cut = 4; cut < 100; cut += 4) {
      const mixed = new Value(100);
      const newer = new Value(100);
      mixed.fill(3, 10);
      newer.fill(3, 11);
      mixed.bytes.set(newer.bytes.subarray(0, cut));
      expect(mixed.isWhole(3), `cut at ${cut}`).to.equal(false);
    }
    const other = new Value(100);
    other.fill(4, 10);
    expect(other.isWhole(3)).to.equal(false);
  });
});
