/** A hash that costs nothing, and no limits: behind them nothing but 429 would be tested. */
export const CHEAP_HASH = { memoryKib: 256, passes: 1 };
const MANY = { attempts: 1_000_000_000, seconds: 60 };
export const ALLOWANCES = {
  address: MANY,
  signIn: MANY,
  account: MANY,
  server: MANY,
  register: MANY,
  mail: MANY,
  mailbox: MANY,
  code: MANY,
};
