const NEWLINE = 0x0a;

/** A line without its end; `ended` is false for a last line that lacks it; `tooLong` when it was cut at the limit. */
export interface Line {
  readonly bytes: Buffer;
  readonly ended: boolean;
  readonly tooLong: boolean;
}

/**
 * The lines of bytes that come in pieces, split at "\n" only: node:readline also splits at U+2028, which JSON may hold unescaped.
 * A line longer than `bytesMax` is answered as `tooLong` and ends the reading.
 */
export async function* readLines(pieces: AsyncIterable<Buffer> | Iterable<Buffer>, bytesMax: number): AsyncGenerator<Line> {
  let begun: Buffer[] = [];
  let length = 0;
  for await (const chunk of pieces) {
    let from = 0;
    for (let at = chunk.indexOf(NEWLINE); at >= 0; at = chunk.indexOf(NEWLINE, from)) {
      const bytes = Buffer.concat([...begun, chunk.subarray(from, at)]);
      yield { bytes, ended: true, tooLong: bytes.length > bytesMax };
      if (bytes.length > bytesMax) return;
      begun = [];
      length = 0;
      from = at + 1;
    }
    begun.push(chunk.subarray(from));
    length += chunk.length - from;
    if (length > bytesMax) {
      yield { bytes: Buffer.alloc(0), ended: false, tooLong: true };
      return;
    }
  }
  if (length > 0) yield { bytes: Buffer.concat(begun), ended: false, tooLong: false };
}
