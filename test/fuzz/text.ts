/** Arbitrary program text: templates whose holes are arbitraries, so that fast-check can shrink each part for itself. */

import fc from "fast-check";

export type Text = fc.Arbitrary<string>;

export function text(strings: TemplateStringsArray, ...holes: (Text | string)[]): Text {
  const parts = holes.map((hole) => (typeof hole === "string" ? fc.constant(hole) : hole));
  return fc
    .tuple(...parts)
    .map((texts) => strings.reduce((before, after, index) => before + texts[index - 1] + after));
}

export const among = (...choices: string[]): Text => fc.constantFrom(...choices);

/** One of the texts, each as often as its weight says; shrinks to the first. */
export function weighted(...choices: [weight: number, text: Text][]): Text {
  const arbitraries = choices.map(([weight, arbitrary]) => ({ weight, arbitrary }));
  return fc.oneof({ withCrossShrink: true }, ...arbitraries);
}

export const lines = (statement: Text, minLength: number, maxLength: number): Text =>
  fc.array(statement, { minLength, maxLength }).map((statements) => statements.join("\n"));

/** The same arbitrary for the same arguments: grammars name themselves. */
export function memoised<A extends readonly unknown[]>(make: (...args: A) => Text): (...args: A) => Text {
  const made = new Map<string, Text>();
  return (...args) => {
    const name = args.join();
    const known = made.get(name) ?? make(...args);
    made.set(name, known);
    return known;
  };
}
