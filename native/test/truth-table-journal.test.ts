/** Rows 2 and 14 to 20 of the truth table of docs/FORMAT.md, on files made by the second implementation. */

import { readFileSync } from "node:fs";
import { expect } from "chai";
import { readSuperblocks } from "./decode.ts";
import { bytesOf, crashed, lines, open, unchanged, write } from "./files.ts";
import { GRANULE, HEADER_BYTES, type Lines, SUPERBLOCK_OFFSETS, type Superblock } from "./format.ts";
import { Image, type Place } from "./image.ts";
import {
  COMMITS,
  expectNextGeneration,
  fails,
  make,
  opens,
  path,
  STATES,
  STEP,
  spoil,
} from "./truth-table.ts";

const [A] = SUPERBLOCK_OFFSETS;

describe("truth table of recovery: journal", () => {
  it("row 2: nothing in the journal: clean", () => opens(make(0), { state: 0, verdict: "clean" }));

  for (const flushed of [true, false])
    for (const commits of [1, 2, 3])
      it(`row 2: ${commits} ${flushed ? "flushed" : "packed"} commits, then nothing: recovered`, () =>
        opens(make(commits, { flushed }), { state: commits }));

  it("row 2: a header of an earlier time is nothing", () => {
    const { image } = make(0, { superblock: { nextRecord: STEP + 1, generation: 2 } });
    image.commit(COMMITS[0] as Lines, { header: { sequence: 5, salt: 7n } });
    opens({ image, places: [] }, { state: 0, verdict: "clean" });
  });

  it("row 2: commits in several segments, joined by links", () => {
    const image = new Image({ segments: [GRANULE, GRANULE, 2 * GRANULE].map((bytes) => ({ bytes })) });
    image.commit(COMMITS[0] as Lines);
    image.link(1);
    image.commit(COMMITS[1] as Lines, { flushed: false });
    image.link(2);
    image.commit(COMMITS[2] as Lines);
    opens({ image, places: [] }, { state: 3 });
  });

  it("row 2: a link may leave out a segment", () => {
    const image = new Image({ segments: [GRANULE, GRANULE, GRANULE].map((bytes) => ({ bytes })) });
    image.commit(COMMITS[0] as Lines);
    image.link(2);
    image.commit(COMMITS[1] as Lines);
    opens({ image, places: [] }, { state: 2 });
  });

  it("row 2: the journal begins in the middle of a later segment, at a high position", () => {
    const image = new Image({
      segments: [
        { bytes: GRANULE, start: 2 ** 41 },
        { bytes: GRANULE, start: 2 ** 42 },
      ],
      superblock: {
        replayPosition: 2 ** 42 + 4096,
        nextRecord: 7 * STEP + 3,
        chain: 0xdeadbeef,
        generation: 8,
      },
    });
    image.commit(COMMITS[0] as Lines);
    opens({ image, places: [] }, { state: 1 });
  });

  it("row 2: a large commit in a temporary segment, which is dropped", () => {
    const image = new Image({ segments: [{ bytes: GRANULE }, { bytes: 4 * GRANULE, temporary: true }] });
    image.link(1);
    image.commit(COMMITS[0] as Lines);
    opens({ image, places: [] }, { state: 1 });
    expect(readFileSync(path("opens")).length).to.equal(64 * 1024 + 2 * GRANULE);
  });

  for (const blockBytes of [4096, 16384, 65536])
    it(`row 2: blocks of ${blockBytes} bytes`, () =>
      opens(make(3, { blockBytes, segments: [{ bytes: 4 * GRANULE }] }), { state: 3 }));

  const torn: [row: number, reason: string, what: string, tear: (image: Image, last: Place) => void][] = [
    [14, "torn header", "checksum", (image, { offset }) => spoil(image, offset + 60)],
    [14, "torn header", "length", (image, { offset }) => image.bytes.fill(0xff, offset + 40, offset + 48)],
    [15, "torn payload", "first byte", (image, { offset }) => spoil(image, offset + HEADER_BYTES)],
    [15, "torn payload", "last byte", (image, { offset, bytes }) => spoil(image, offset + bytes - 1)],
    [
      15,
      "torn payload",
      "all zero",
      (image, { offset, bytes }) => image.bytes.fill(0, offset + 64, offset + bytes),
    ],
    [16, "unrecognised bytes", "magic", (image, { offset }) => spoil(image, offset)],
    [16, "unrecognised bytes", "garbage", (image, { offset }) => image.bytes.fill(0xa5, offset, offset + 64)],
  ];
  for (const [row, discarded, what, tear] of torn)
    for (const flushed of [true, false])
      it(`row ${row}: last of ${flushed ? "flushed" : "packed"} commits torn (${what})`, () => {
        const made = make(3, { flushed });
        tear(made.image, made.places[2] as Place);
        opens(made, { state: 2, discarded });
      });

  const senselessRecords: [string, Lines, object][] = [
    ["a type that is none", COMMITS[2] as Lines, { type: 3 }],
    ["a link to nowhere", COMMITS[2] as Lines, { type: 2, payloadBytes: 12345 }],
    ["a link backwards", COMMITS[2] as Lines, { type: 2, payloadBytes: 0 }],
    ["longer than its segment", COMMITS[2] as Lines, { payloadBytes: 2 ** 50 }],
    ["more runs than it has room for", COMMITS[2] as Lines, { runs: 0xffffffff }],
    ["fewer runs than lines", COMMITS[2] as Lines, { runs: 1 }],
    ["lines outside the data", lines(3, [1023, 1024]), {}],
    ["a line far outside the data", lines(3, [2 ** 31]), {}],
  ];
  for (const [what, commit, header] of senselessRecords)
    it(`row 15: the last record verifies and makes no sense: ${what}`, () => {
      const made = make(2);
      made.image.commit(commit, { header });
      opens(made, { state: 2, discarded: "torn payload" });
    });

  for (const [what, header] of [
    ["the chain of another record", { chain: 5 }],
    ["the salt of another generation", { salt: 5n, sequence: 2 }],
  ] as const)
    it(`row 20: a record that verifies, with ${what}, is not the next one`, () => {
      const made = make(2);
      made.image.commit(COMMITS[2] as Lines, { header });
      opens(made, { state: 2 });
    });

  it("row 17: an earlier record broken, a later one knows that it was durable", () => {
    for (const at of [0, 60, 64, 70]) {
      const { image, places } = make();
      spoil(image, (places[1] as Place).offset + at);
      fails(image.bytes, "ERR_FAMS_DAMAGED");
    }
  });

  it("row 17: the missing record was zeroed", () => {
    const { image, places } = make();
    const { offset, bytes } = places[1] as Place;
    image.bytes.fill(0, offset, offset + bytes);
    fails(image.bytes, "ERR_FAMS_DAMAGED");
  });

  it("row 17: the record that knows stands in another segment", () => {
    const image = new Image({ segments: [{ bytes: GRANULE }, { bytes: GRANULE }] });
    const first = image.commit(COMMITS[0] as Lines);
    const link = image.link(1);
    image.commit(COMMITS[1] as Lines);
    for (const { offset } of [first, link]) spoil(image, offset + 30);
    fails(image.bytes, "ERR_FAMS_DAMAGED");
  });

  it("row 18: an old superblock, whose journal has been used again", () => {
    const { image } = make(0, { superblock: { nextRecord: 3 } });
    image.commit(COMMITS[0] as Lines, { header: { sequence: 10, position: 65536 } });
    spoil(image, A + 70);
    fails(image.bytes, "ERR_FAMS_DAMAGED");
  });

  it("row 18: a later generation's record in the place of the next", () => {
    const { image } = make(1);
    image.commit(COMMITS[1] as Lines, { header: { sequence: STEP + 1, salt: 99n, position: 65536 } });
    fails(image.bytes, "ERR_FAMS_DAMAGED");
  });

  it("row 18: the next sequence in the next place, by another generation", () => {
    const { image } = make(1);
    image.commit(COMMITS[1] as Lines, { header: { salt: 99n } });
    fails(image.bytes, "ERR_FAMS_DAMAGED");
  });

  it("row 18: a later record behind packed ones, and garbage at the block behind it", () => {
    const { image } = make(2, { flushed: false });
    const { offset } = image.commit(COMMITS[2] as Lines, { header: { sequence: STEP + 9, salt: 99n } });
    image.bytes.fill(0xa5, Math.ceil(offset / 4096) * 4096, Math.ceil(offset / 4096) * 4096 + 64);
    fails(image.bytes, "ERR_FAMS_DAMAGED");
  });

  it("row 19: a later record at another's place, somewhere behind", () => {
    const { image } = make(1);
    image.position = 3 * 4096;
    image.commit(COMMITS[1] as Lines, { header: { sequence: 10, position: 65536 } });
    fails(image.bytes, "ERR_FAMS_DAMAGED");
  });

  it("row 20: a later unflushed record, further behind, is dropped with the torn one", () => {
    const { image, places } = make(1);
    const torn = image.commit(
      lines(
        2,
        Array.from({ length: 200 }, (_, i) => i),
      ),
      { flushed: false },
    );
    image.position = Math.ceil(image.position / 4096) * 4096;
    image.commit(COMMITS[1] as Lines, { flushed: false });
    spoil(image, torn.offset + 5000);
    opens({ image, places }, { state: 1, discarded: "torn payload" });
  });

  for (const lost of ["zero", "torn"])
    it(`row 20: an unflushed record is ${lost}, its unflushed successor stands at the next block boundary`, () => {
      const { image, places } = make(1, { flushed: false });
      const room = 4096 - (image.position % 4096);
      const second = image.commit(
        lines(
          2,
          Array.from({ length: (room - 128) / 64 }, (_, i) => i),
        ),
        {
          flushed: false,
        },
      );
      expect(image.position % 4096).to.equal(0);
      image.commit(COMMITS[2] as Lines, { flushed: false });
      if (lost === "zero") image.bytes.fill(0, second.offset, second.offset + second.bytes);
      else spoil(image, second.offset + 100);
      opens({ image, places }, { state: 1, ...(lost === "torn" && { discarded: "torn payload" }) });
    });

  for (const [what, damage] of [
    [
      "17: a broken record",
      (image: Image, places: Place[]) => spoil(image, (places[1] as Place).offset + 64),
    ],
    [
      "18: a record of a later time",
      (image: Image, places: Place[]) => {
        image.position = (places[1] as Place).position;
        image.commit(COMMITS[2] as Lines, { header: { sequence: STEP + 1, salt: 99n } });
      },
    ],
  ] as const)
    it(`row ${what}, with acceptDamage: recovered to the commit before it`, () => {
      const made = make();
      damage(made.image, made.places);
      const file = write(path("accepted"), made.image.bytes);
      const contents = STATES[1] as Buffer;
      unchanged(file, () => {
        using region = open(file, { readOnly: true, acceptDamage: true });
        expect(region.recovery).to.include({ verdict: "damaged", commits: 1 });
        expect(bytesOf(region).equals(contents)).to.equal(true);
      });
      const region = open(file, { acceptDamage: true });
      expect(region.recovery).to.include({ verdict: "damaged", commits: 1 });
      expectNextGeneration(made.image, readSuperblocks(readFileSync(file)) as Superblock[]);
      crashed(file, (again) => {
        expect(again.recovery).to.include({ verdict: "clean", commits: 0 });
        expect(bytesOf(again).equals(contents)).to.equal(true);
      });
      region.close();
    });
});
