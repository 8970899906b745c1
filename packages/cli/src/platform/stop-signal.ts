/** Resolves with the name of the first SIGINT or SIGTERM. A second one ends the process at once, as the system does by default. */
export const stopSignal = (): Promise<'SIGINT' | 'SIGTERM'> =>
  new Promise((resolve) => {
    const listen = (signal: 'SIGINT' | 'SIGTERM'): void => {
      process.removeListener('SIGINT', onInterrupt);
      process.removeListener('SIGTERM', onTerminate);
      resolve(signal);
    };
    const onInterrupt = (): void => listen('SIGINT');
    const onTerminate = (): void => listen('SIGTERM');
    process.on('SIGINT', onInterrupt);
    process.on('SIGTERM', onTerminate);
  });
