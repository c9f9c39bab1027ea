/** Doubly linked lists of page runs: a list is the index of the word that holds its first page, 0 when empty. */
import { descriptor, NEXT, PREVIOUS } from "./layout.ts";

export function push(words: Uint32Array, list: number, page: number): void {
  const first = words[list];
  words[descriptor(page) + PREVIOUS] = 0;
  words[descriptor(page) + NEXT] = first;
  if (first !== 0) words[descriptor(first) + PREVIOUS] = page;
  words[list] = page;
}

export function remove(words: Uint32Array, list: number, page: number): void {
  const previous = words[descriptor(page) + PREVIOUS];
  const next = words[descriptor(page) + NEXT];
  if (previous === 0) words[list] = next;
  else words[descriptor(previous) + NEXT] = next;
  if (next !== 0) words[descriptor(next) + PREVIOUS] = previous;
}
