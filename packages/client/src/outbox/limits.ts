/** Mutations of one push, unless the app says otherwise. */
export const PUSH_MUTATIONS_MAX = 500;
/** Characters of the JSON of one push's mutations, about bytes; a single larger one still goes, alone. */
export const PUSH_CHARS_MAX = 1024 * 1024;
/** How long acknowledged mutations are kept to heal a restored server. */
export const JOURNAL_AGE_MAX_MS = 7 * 24 * 60 * 60 * 1000;
export const JOURNAL_ROWS_MAX = 10_000;
