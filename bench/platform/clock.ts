/** The real clock, in milliseconds; its zero has no meaning. The only place where the bench reads it. */
export const now = (): number => performance.now();

/** Today's wall clock, for records that carry a time. */
export const wall = (): number => Date.now();

/** Milliseconds that `work` takes. */
export const timed = async (work: () => unknown): Promise<number> => {
  const began = now();
  await work();
  return now() - began;
};

/** Rejects when `promise` takes longer than `ms`: a bench that waits for ever tells nobody what it waits for. */
export const within = async <T>(ms: number, what: string, promise: Promise<T>): Promise<T> => {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const tooLate = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what}: not done within ${ms} ms`)), ms);
  });
  try {
    return await Promise.race([promise, tooLate]);
  } finally {
    clearTimeout(timer);
  }
};
