/** Which storage a file gets, and what having one leaves as it was. */

import { statfsSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { expect } from "chai";
import { run, scratch } from "./files.ts";
import { GRANULE } from "./format.ts";
import { native } from "./storages.ts";

const TMPFS = 0x01021994;

describe("choosing the storage", () => {
  const kindOf = (where: "disk" | "memory", storage: string) => {
    const file = scratch(where)("file");
    writeFileSync(file, Buffer.alloc(65_536));
    const opened = new native.Storage(file, { storage });
    const { kind } = opened.describe();
    opened.close();
    return kind;
  };

  it("takes a file where there is no persistent memory, if it may choose", () => {
    expect([kindOf("disk", "auto"), kindOf("memory", "auto")]).to.deep.equal(["file", "file"]);
  });

  it("emulates persistent memory in memory only, and says what to do elsewhere", function () {
    expect(kindOf("memory", "dax")).to.equal("pmem-emulated");
    if (statfsSync(tmpdir()).type === TMPFS) this.skip();
    expect(() => kindOf("disk", "dax"))
      .to.throw(/-o dax.*\/dev\/shm.*"file"/)
      .with.property("code", "ERR_FAMS_UNSUPPORTED");
  });

  it("refuses names that it does not know", () => {
    for (const name of ["", "DAX", "pmem"])
      expect(() => kindOf("disk", name))
        .to.throw(/cxl-ssd-emulated/)
        .with.property("code", "ERR_FAMS_INVALID_ARGUMENT");
  });
});

describe("a guard over a mapping", () => {
  it("leaves faults elsewhere to end the process, as they would have", () => {
    const file = scratch("memory")("file");
    writeFileSync(file, Buffer.alloc(2 * GRANULE));
    const { signal, stdout } = run("unguarded.ts", [file]);
    expect({ signal, stdout }).to.deep.equal({ signal: "SIGBUS", stdout: "ERR_FAMS_IO\n" });
  });
});
