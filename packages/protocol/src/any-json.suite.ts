import fc from 'fast-check';
import type { Json } from './json.ts';

const finite = fc.oneof(
  fc.integer(),
  fc.maxSafeInteger(),
  fc.double({ noDefaultInfinity: true, noNaN: true, min: -1e15, max: 1e15 }),
  fc.constantFrom(0, -0, 1e-7, 5e-324),
);
const text = fc.string({
  unit: fc.oneof(
    fc.constantFrom('a', 'b', 'é', '\u2028', '"', '\\', '\u0001', '\ue000', '\uffff', '😀'),
    fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
  ),
});

/** Any JSON that is well-formed: deep, wide, with odd keys in any order. Numbers stay within the safe integers. */
export const anyJson: fc.Arbitrary<Json> = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constant(null),
    fc.boolean(),
    finite,
    text,
    fc.array(tie('value'), { maxLength: 5 }),
    fc.dictionary(fc.oneof(text, fc.constantFrom('10', '9', 'toString', 'length', '')), tie('value'), { maxKeys: 6 }),
  ),
})).value;
