/**
 * The door to the world. Everything that is not determined by its inputs (clocks, randomness, ids, timers) comes
 * in through an Env, so that the simulator can decide it. Only named platform files build a real one.
 */
export interface Env {
  /** Wall clock, milliseconds since 1970. It may jump, also backwards; it decides nothing about order. */
  wall(): number;
  /** Monotonic clock in milliseconds; its zero has no meaning. Timers and timeouts go by this one. */
  mono(): number;
  /** A number in [0, 1) from the named stream. Streams are independent, so that one more draw here changes nothing there. */
  random(stream: string): number;
  /** A fresh id that nobody else makes (UUID, 36 characters). It may begin with the time, so whoever needs less of it takes the end. */
  uuid(): string;
  /** Calls `fire` once after `delayMs`; the returned function cancels it. */
  setTimer(delayMs: number, fire: () => void): () => void;
  /** A failpoint: a named place where a process can die. Does nothing outside tests. Awaited before and after storage writes. */
  point?(name: string): Promise<void> | void;
}
