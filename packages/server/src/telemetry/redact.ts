const REDACTED = '[redacted]';

/** 256 random bits are 43 characters of base64url. */
const SECRET_LENGTH = 43;
/** How the base64url of `{"` begins. */
const JSON_START = 'eyJ';
const JSON_LENGTH_MIN = 8;
const API_KEY = /tm_[a-z]{2,8}_/;

const isSecret = (word: string): boolean =>
  (word.length >= JSON_LENGTH_MIN && word.includes(JSON_START)) ||
  API_KEY.test(word) ||
  (word.length >= SECRET_LENGTH && /\d/.test(word) && /[A-Z]/.test(word) && /[a-z]/.test(word));

/**
 * Takes out of a line what looks like a credential: JWTs and parts of them, API keys, and long random words such as
 * refresh tokens and the tokens of links. The last fence, for what a library or a stack brings along. Linear in the line.
 */
export const redactSecrets = (line: string): string =>
  line.replace(/[\w.-]{8,}/g, (words) => (words.split('.').some(isSecret) ? REDACTED : words));
