import type { Env } from '@tidemark/protocol';

export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly url: string;
  readonly headers: { readonly [name: string]: string };
  readonly body?: string | undefined;
  /** Milliseconds without an answer after which it fails. */
  readonly timeoutMs: number;
}
export interface HttpResponse {
  readonly status: number;
  header(name: string): string | null;
  text(): Promise<string>;
}
/** An open event stream. */
export interface HttpStream {
  readonly status: number;
  /** Chunks of text; ends when the server ends it; throws when it breaks. */
  readonly chunks: AsyncIterable<string>;
  close(): void;
}

/** What the client asks of its platform, beside protocol's Env. */
export interface ClientEnv extends Env {
  /** Rejects when no answer came (offline, refused, timed out). */
  http(request: HttpRequest): Promise<HttpResponse>;
  /** Rejects when the stream could not be opened. */
  stream(request: HttpRequest): Promise<HttpStream>;
  online(): boolean;
  onOnline(listener: (online: boolean) => void): () => void;
  /**
   * Runs `task` while holding the named lock across tabs; without locks, runs it at once. An optimisation, never
   * needed for correctness.
   */
  lock<T>(name: string, task: () => Promise<T>): Promise<T>;
  /** A message to the other tabs of this origin that have the same name open. */
  channel(name: string, onMessage: () => void): { post(): void; close(): void };
}
