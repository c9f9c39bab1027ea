/** Questions about source text that no parser needs to answer. */

/** Line and column, both from 1, of UTF-16 offsets; lines end where ECMAScript says they end. */
export class Positions {
  readonly #text: string;
  #starts: number[] | undefined;

  constructor(text: string) {
    this.#text = text;
  }

  at(offset: number): { line: number; column: number } {
    this.#starts ??= lineStarts(this.#text);
    let low = 0;
    let high = this.#starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#starts[middle] as number) <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: offset - (this.#starts[low] as number) + 1 };
  }
}

function lineStarts(text: string): number[] {
  const starts = [0];
  for (const end of text.matchAll(/\r\n|[\n\r\u2028\u2029]/g)) starts.push(end.index + end[0].length);
  return starts;
}

/** `<!--` begins a comment in scripts; where it is an operator no one asks for trivia. */
const TRIVIA = /(?:\s+|(?:\/\/|<!--)[^\n\r\u2028\u2029]*|\/\*[\s\S]*?\*\/)*/y;

/** The offset of the first token at or after `offset`. */
export function skipTrivia(text: string, offset: number): number {
  TRIVIA.lastIndex = offset;
  TRIVIA.test(text);
  return TRIVIA.lastIndex;
}

const HASHBANG = /^#![^\n\r\u2028\u2029]*/;

/** The offset of the first token that is no hashbang. */
export function firstToken(text: string): number {
  return skipTrivia(text, HASHBANG.exec(text)?.[0].length ?? 0);
}

/** Whether a property key of this text can reach an element: it is what a number prints as, and a finite one. */
export function isElementKey(key: string): boolean {
  return key !== "-0" && String(Number(key)) === key && Number.isFinite(Number(key));
}
