/** swc counts bytes of UTF-8, from 1; JavaScript counts UTF-16 units, from 0. */

/** A function from swc's positions to offsets into `text`. A lone surrogate counts as U+FFFD, three bytes. */
export function utf16Offsets(text: string): (position: number) => number {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the range is ASCII
  if (/^[\x00-\x7f]*$/.test(text)) return (position) => position - 1;
  const offsets = new Uint32Array(Buffer.byteLength(text) + 2);
  let byte = 1;
  for (let index = 0; index < text.length; index++) {
    const unit = text.codePointAt(index) as number;
    offsets[byte] = index;
    if (unit > 0xffff) {
      byte += 4;
      index++;
    } else {
      byte += unit < 0x80 ? 1 : unit < 0x800 ? 2 : 3;
    }
  }
  offsets[byte] = text.length;
  return (position) => offsets[position] as number;
}
