/** Program: opens the region at argv[2] and prints, as JSON, what came of it. FAMS_FAULT may stand in the way. */

import { bytesOf, open } from "./files.ts";

const [path = "", acceptDamage] = process.argv.slice(2);
try {
  using region = open(path, { acceptDamage: acceptDamage === "accept" });
  const { verdict, brokenSuperblocks } = region.recovery;
  console.log(JSON.stringify({ verdict, brokenSuperblocks, contents: bytesOf(region).toString("base64") }));
} catch (error) {
  console.log(JSON.stringify({ code: (error as { code?: string }).code ?? String(error) }));
}
