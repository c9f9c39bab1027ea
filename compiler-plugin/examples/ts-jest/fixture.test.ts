import { expect, test } from "@jest/globals";
import { finished } from "../fixture/main.ts";

test("runs the program", async () => {
  await expect(finished).resolves.toBeUndefined();
});
