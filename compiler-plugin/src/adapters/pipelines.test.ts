import { expect } from "chai";
import {
  build,
  expectMappedStack,
  expectTracked,
  FIXTURE,
  listExamples,
  type Report,
  start,
} from "../../testing/examples.ts";

describe("one program through every pipeline", function () {
  this.timeout("2m");
  let plain: Report;

  before(() => {
    build(FIXTURE);
    plain = start(FIXTURE);
  });

  it("stores what goes unnoticed when it is not instrumented", () => {
    expect(plain.changed).to.have.length.above(20);
    expect(plain.dirty.length).to.be.lessThan(plain.changed.length / 4);
    expect(plain.msync).to.equal("ERR_FAMS_UNTRACKED");
    expectMappedStack(plain);
  });

  for (const example of listExamples()) {
    if (example.name === FIXTURE) continue;
    describe(example.name, () => {
      before(() => {
        if (example.builds) build(example.name);
      });

      for (const script of example.starts) {
        it(`keeps what it does, marks what it stores, maps its stacks (npm ${script})`, () => {
          expectTracked(start(example.name, script), plain);
        });
      }
    });
  }
});
