const pad = (part: number): string => String(part).padStart(2, '0');

/** Milliseconds as hh:mm:ss, cut to whole seconds; hours may have more than two digits. */
export const durationText = (milliseconds: number): string => {
  const seconds = Math.floor(milliseconds / 1_000);
  return `${pad(Math.floor(seconds / 3_600))}:${pad(Math.floor(seconds / 60) % 60)}:${pad(seconds % 60)}`;
};
