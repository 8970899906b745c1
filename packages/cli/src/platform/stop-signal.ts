const IMPATIENT_AFTER_MS = 1_000;

/**
 * Resolves with the name of the first SIGINT or SIGTERM. One that comes more than a second later ends the process at
 * once: somebody does not want to wait. One that comes sooner is the same wish, since npm passes on what the terminal
 * has already sent.
 */
export const stopSignal = (): Promise<'SIGINT' | 'SIGTERM'> =>
  new Promise((resolve) => {
    let firstAt: number | undefined;
    const listen = (signal: 'SIGINT' | 'SIGTERM'): void => {
      firstAt ??= performance.now();
      if (performance.now() - firstAt > IMPATIENT_AFTER_MS) process.exit(1);
      resolve(signal);
    };
    process.on('SIGINT', listen);
    process.on('SIGTERM', listen);
  });
