/** Everything that instrument() can say about a file, in one place. */

export interface Diagnostic {
  readonly code: keyof typeof MESSAGES;
  readonly message: string;
  /** Both count from 1. */
  readonly line: number;
  readonly column: number;
}

export const MESSAGES = {
  FAMS2001:
    "this store is not tracked: inside `with`, any name may mean a property of the object; move it out of the `with`",
  FAMS2002:
    "this store is not tracked: it needs its operands evaluated once in a function where direct eval may declare any name, around await, yield or eval; name the operands in constants first",
} as const;

/** Why a store was left alone. */
export const REASONS = {
  ignored: "marked with @fams-ignore",
  namedKey: "the key is a string that no element has",
  freshReceiver: "the receiver is a literal",
  ownView: "the receiver is a constant view over a buffer of its own",
  primitive: "type: the receiver is a primitive value",
  array: "type: the receiver is an array",
  libraryClass: "type: the receiver is a built-in object that is no view",
  nominalClass: "type: the receiver is of a class with private members that extends no view",
  namedKeys: "type: the key is one of some names, none of them an index",
  elementType: "type: the receiver's elements are neither numbers nor bigints",
  with: "inside with",
  eval: "in a function with direct eval",
} as const;

export type Reason = (typeof REASONS)[keyof typeof REASONS];
