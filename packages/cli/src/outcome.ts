/** How a command ended; what it could expect. Faults of the machine are thrown. The exit code is 0, 1 or 2. */
export type Outcome = { readonly exit: 0 } | { readonly exit: 1 | 2; readonly message: string };

export const done: Outcome = { exit: 0 };

/** The caller gave something that cannot be meant; the message says what and what to give instead. */
export const wrongInput = (message: string): Outcome => ({ exit: 2, message });

/** The input was fine but the work could not be done, or its finding is bad. */
export const failed = (message: string): Outcome => ({ exit: 1, message });
