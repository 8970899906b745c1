/** Where a command's words go. Results go to stdout, so that they can be piped; everything else to stderr. */
export interface Terminal {
  /** A line of the result. */
  print(line: string): void;
  /** A line about the work: progress, warnings, errors. */
  note(line: string): void;
  /** Text of the result, as it is; resolves when more may be written. */
  write(text: string): Promise<void>;
  /** True where stderr is a terminal that can redraw a line. */
  readonly interactive: boolean;
}
