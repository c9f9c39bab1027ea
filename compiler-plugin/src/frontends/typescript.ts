export interface Types {
  ts: unknown;
  program: unknown;
}

import type { Syntax } from "../syntax.js";
export function parseWithTypeScript(_t: string, _o: object): Syntax<object> {
  throw new Error("x");
}
