/** One mail, with the same said twice: as plain text and as HTML. */
export interface Mail {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

/** The port to whoever delivers mail. Rejects where a mail was not taken over. */
export interface Mailer {
  send(mail: Mail): Promise<void>;
  close(): Promise<void>;
}
