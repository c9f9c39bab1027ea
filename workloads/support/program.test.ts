import { expect } from "chai";
import { Program } from "./program.ts";

describe("a program to be killed", () => {
  it("that ended by itself makes kill() throw with what it said", async function () {
    this.timeout(20_000);
    const program = new Program(new URL("../kv/endless.ts", import.meta.url), [
      "/no/such/directory/store.fams",
    ]);
    await program.ready();
    const error = await program.kill().then(
      () => undefined,
      (reason: Error) => reason,
    );
    expect(error?.message).to.match(/ended by itself with 1:[\s\S]*no\/such\/directory/);
  });
});
