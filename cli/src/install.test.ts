import { expect } from "chai";
import { hasSoundSyncHooks } from "./install.cts";

describe("synchronous hooks", () => {
  it("are trusted from the first sound release of each line on", () => {
    const trusted = ["22.22.3", "22.23.0", "24.11.1", "24.12.0", "25.1.0", "26.0.0", "27.1.0"];
    const others = ["20.20.2", "22.15.0", "22.22.2", "23.11.1", "24.0.0", "24.11.0", "25.0.9"];
    expect(trusted.filter((version) => !hasSoundSyncHooks(version))).to.deep.equal([]);
    expect(others.filter(hasSoundSyncHooks)).to.deep.equal([]);
  });
});
