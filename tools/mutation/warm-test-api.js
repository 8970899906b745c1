import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ASYMMETRIC_MATCHERS_OBJECT, getState, JestAsymmetricMatchers, JestChaiExpect, JestExtend, setState } from '@vitest/expect';
import * as chai from 'chai';

// What the tests of the merge rules and the planner import as 'vitest' when they run warm: they are collected, not run at once,
// so that each can be run again and again in one process. Its assertions are vitest's own.

chai.use(JestExtend);
chai.use(JestChaiExpect);
chai.use(JestAsymmetricMatchers);

/** Every test, in the order of the files: `{ id, file, run }`. */
export const collected = [];

let file = '';
const path = [];
const ids = new Set();

export const beginFile = (name) => {
  file = name;
};

const addTest = (name, run) => {
  const whole = `${file}: ${[...path, name].join(' > ')}`;
  let id = whole;
  for (let count = 2; ids.has(id); count += 1) id = `${whole} (${count})`;
  ids.add(id);
  collected.push({ id, file, run });
};

const named = (name, args) => {
  let next = 0;
  const shown = (arg) => (typeof arg === 'object' && arg !== null ? JSON.stringify(arg) : String(arg));
  return name
    .replace(/\$(\w+)/gu, (whole, key) => (args[0] && key in Object(args[0]) ? shown(args[0][key]) : whole))
    .replace(/%[sjdif#]/gu, () => shown(args[next++]));
};
const withEach = (one) =>
  Object.assign(one, {
    each: (rows) => (name, fn) => {
      for (const row of rows) {
        const args = Array.isArray(row) ? row : [row];
        one(named(name, args), () => fn(...args));
      }
    },
  });

export const test = withEach(addTest);
export const it = test;
export const describe = withEach((name, fn) => {
  path.push(name);
  fn();
  path.pop();
});
export const vi = { setConfig: () => undefined };

export const expect = Object.assign((value, message) => chai.expect(value, message), chai.expect, globalThis[ASYMMETRIC_MATCHERS_OBJECT]);
expect.getState = () => getState(expect);
expect.setState = (state) => setState(state, expect);
setState({ assertionCalls: 0, isExpectingAssertions: false, isExpectingAssertionsError: null, expectedAssertionsNumber: null }, expect);

let current = '';
/** Which file's test runs: snapshots are named from there. */
export const enter = (name) => {
  current = name;
};

chai.use((_, utils) => {
  utils.addMethod(chai.Assertion.prototype, 'toMatchFileSnapshot', function toMatchFileSnapshot(snapshot) {
    const text = utils.flag(this, 'object');
    const stored = readFileSync(join(current, '..', snapshot), 'utf8');
    if (text !== stored) throw new Error(`differs from ${snapshot}`);
  });
});
