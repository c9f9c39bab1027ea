/** How the text of a file is to change. */
import type { Span } from "./syntax.js";

/** Text put around a range; an edit of an outer range goes outside that of an inner one. */
export interface Wrap extends Span {
  readonly before: string;
  readonly after: string;
}

export interface Replacement extends Span {
  readonly text: string;
}

export interface Edits {
  readonly wraps: Wrap[];
  readonly replacements: Replacement[];
}
