/** Resolves after so many milliseconds: the moment at which a test kills, drawn from its seed. */
export const moment = (ms: number): Promise<void> => new Promise((resolve) => void setTimeout(resolve, ms));

/** The machine's clock, milliseconds since 1970. */
export const now = (): number => Date.now();
