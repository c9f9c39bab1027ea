/** msync, rollback, transaction, flush and stats. */

import { expect } from "chai";
import type { Durability, Region } from "fams";
import { codeOf, openRegion, reopen, thrownBy } from "./test-scratch.ts";

const both = (test: (durability: Durability) => void) => {
  for (const durability of ["power", "process"] as const) test(durability);
};

const doubles = (region: Region) => new Float64Array(region.buffer);

describe("msync", () => {
  both((durability) =>
    it(`keeps what was stored before it and nothing after it (${durability})`, () => {
      let region = openRegion({ durability });
      expect(region.durability).to.equal(durability);
      for (let round = 1; round <= 5; round++) {
        const view = doubles(region);
        view[round] = round;
        view[8000] = round;
        region.msyncSync();
        view[round] = -1;
        region = reopen(region, { durability });
        expect([doubles(region)[round], doubles(region)[8000]]).to.deep.equal([round, round]);
      }
    }),
  );

  it("does nothing if nothing was stored", () => {
    const region = openRegion();
    region.msyncSync();
    expect(region.stats()).to.deep.include({ commits: 0, lines: 0, journalBytes: 0 });
  });

  it("counts commits, lines and bytes", () => {
    const region = openRegion();
    const view = doubles(region);
    view[0] = 1;
    view[7] = 1;
    view[8] = 1;
    region.msyncSync();
    view[0] = 1;
    region.msyncSync();
    const { commits, lines, journalBytes } = region.stats();
    expect({ commits, lines }).to.deep.equal({ commits: 2, lines: 3 });
    expect(journalBytes).to.be.within(2 * 128, 65_536);
  });

  it("goes round the journal and makes room in it", () => {
    const region = openRegion({ durability: "process", size: "1 MiB" });
    const view = doubles(region);
    for (let round = 0; round < 400; round++) {
      view.fill(round, round * 20, round * 20 + 2000);
      region.msyncSync();
    }
    expect(region.stats().checkpoints).to.be.at.least(1);
    const before = Buffer.from(Buffer.from(region.buffer));
    expect(Buffer.from(reopen(region, { size: "1 MiB" }).buffer).equals(before)).to.equal(true);
  });

  it("commits more than any journal segment holds, at once", () => {
    const region = openRegion({ size: "16 MiB" });
    for (let round = 1; round < 4; round++) {
      doubles(region).fill(round);
      region.msyncSync();
    }
    expect(region.stats().lines).to.equal(3 * 2 ** 18);
    expect(doubles(reopen(region, { size: "16 MiB" })).every((x) => x === 3)).to.equal(true);
  });

  it("flush is allowed at any time", () => {
    const region = openRegion({ durability: "process" });
    region.flushSync();
    doubles(region)[0] = 1;
    region.flushSync();
    region.msyncSync();
    region.flushSync();
    expect(doubles(reopen(region))[0]).to.equal(1);
  });
});

describe("rollback", () => {
  both((durability) =>
    it(`gives back what the last msync left, journalled or checkpointed (${durability})`, () => {
      let region = openRegion({ durability });
      doubles(region).fill(1, 0, 100);
      region.msyncSync();
      region = reopen(region, { durability });
      const view = doubles(region);
      view.fill(2, 50, 60);
      region.msyncSync();
      view.fill(3, 0, 200);
      view[8191] = 3;
      new Uint8Array(region.buffer, 0, 8)[0] = 3;
      region.rollback();
      expect(Array.from(view.subarray(0, 110))).to.deep.equal([
        ...Array(50).fill(1),
        ...Array(10).fill(2),
        ...Array(40).fill(1),
        ...Array(10).fill(0),
      ]);
      expect(view[8191]).to.equal(0);
      const { commits } = region.stats();
      region.rollback();
      region.msyncSync();
      expect(region.stats().commits).to.equal(commits);
    }),
  );
});

describe("transaction", () => {
  it("commits on return, with what was stored before it, and hands the value on", () => {
    const region = openRegion();
    const view = doubles(region);
    view[0] = 1;
    expect(
      region.transaction(() => {
        view[9] = 2;
        return "value";
      }),
    ).to.equal("value");
    expect(region.transaction(() => undefined)).to.equal(undefined);
    expect(region.transaction(() => null)).to.equal(null);
    view[0] = 5;
    expect([...doubles(reopen(region)).subarray(0, 10)]).to.deep.equal([1, 0, 0, 0, 0, 0, 0, 0, 0, 2]);
  });

  it("goes back to the last msync on a throw, and throws the same", () => {
    const region = openRegion();
    const view = doubles(region);
    view[0] = 1;
    region.msyncSync();
    view[1] = 2;
    for (const thrown of [new Error("mine"), "text", undefined, null, 0])
      expect(
        thrownBy(() =>
          region.transaction(() => {
            view[0] = 9;
            throw thrown;
          }),
        ),
      ).to.equal(thrown);
    expect([view[0], view[1]]).to.deep.equal([1, 0]);
    view[3] = 3;
    region.msyncSync();
    expect([...doubles(reopen(region)).subarray(0, 4)]).to.deep.equal([1, 0, 0, 3]);
  });

  it("inside another is a part of it", () => {
    const region = openRegion();
    const view = doubles(region);
    region.transaction(() => {
      view[0] = 1;
      region.transaction(() => (view[1] = 1));
      expect(region.stats().commits).to.equal(0);
    });
    expect(region.stats().commits).to.equal(1);
    expect(() =>
      region.transaction(() => {
        region.transaction(() => (view[2] = 1));
        throw new Error("outer");
      }),
    ).to.throw("outer");
    region.transaction(() => {
      view[3] = 1;
      expect(() =>
        region.transaction(() => {
          view[4] = 1;
          throw new Error("inner");
        }),
      ).to.throw("inner");
    });
    expect([...view.subarray(0, 5)]).to.deep.equal([1, 1, 0, 1, 1]);
    region.transaction(() => {});
    expect(() =>
      region.transaction(() => {
        view[5] = 1;
        throw new Error("later");
      }),
    ).to.throw("later");
    expect(view[5]).to.equal(0);
  });

  it("refuses a body that goes on after it, takes its stores back and swallows its rejection", async () => {
    const region = openRegion();
    const view = doubles(region);
    // biome-ignore lint/suspicious/noThenProperty: a promise of another make
    const thenable = Object.fromEntries([["then", () => {}]]);
    const bodies: (() => unknown)[] = [
      async () => (view[0] = 1),
      async () => {
        view[0] = 1;
        throw new Error("late");
      },
      () => {
        view[0] = 1;
        return thenable;
      },
      () => Object.assign(() => {}, thenable),
    ];
    for (const body of bodies) {
      expect(codeOf(() => region.transaction(body))).to.equal("ERR_FAMS_ASYNC_TRANSACTION");
      expect(view[0]).to.equal(0);
    }
    await new Promise(setImmediate);
    expect(region.stats().commits).to.equal(0);
  });

  it("an msync or a rollback in it counts from there", () => {
    const region = openRegion();
    const view = doubles(region);
    expect(() =>
      region.transaction(() => {
        view[0] = 1;
        region.msyncSync();
        view[1] = 1;
        throw new Error("mine");
      }),
    ).to.throw("mine");
    expect([view[0], view[1]]).to.deep.equal([1, 0]);
    region.transaction(() => {
      view[2] = 1;
      region.rollback();
      view[3] = 1;
    });
    expect([...view.subarray(0, 4)]).to.deep.equal([1, 0, 0, 1]);
  });

  it("that closes its region fails, and commits nothing", () => {
    const region = openRegion();
    expect(
      codeOf(() =>
        region.transaction(() => {
          doubles(region)[0] = 1;
          region.close();
        }),
      ),
    ).to.equal("ERR_FAMS_CLOSED");
    expect(doubles(reopen(region))[0]).to.equal(0);
    const again = openRegion();
    const mine = new Error("mine");
    expect(
      thrownBy(() =>
        again.transaction(() => {
          again.close();
          throw mine;
        }),
      ),
    ).to.equal(mine);
  });

  it("on two regions at once keeps them apart", () => {
    const [one, two] = [openRegion(), openRegion()];
    expect(() =>
      one.transaction(() => {
        doubles(one)[0] = 1;
        two.transaction(() => (doubles(two)[0] = 2));
        throw new Error("mine");
      }),
    ).to.throw("mine");
    expect([doubles(one)[0], doubles(two)[0]]).to.deep.equal([0, 2]);
  });
});
