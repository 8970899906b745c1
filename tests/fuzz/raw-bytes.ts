import fc from 'fast-check';

/** Every status line of what came back. */
export const statusesOf = (answer: string): readonly number[] =>
  [...answer.matchAll(/^HTTP\/1\.1 (\d{3})/gm)].map(([, status]) => Number(status));

/** What goes over one connection: one to three honest requests with bytes changed, cut out or put in, or bytes that never were one. */
export const spoilt = (honest: fc.Arbitrary<string>): fc.Arbitrary<readonly Uint8Array[]> => {
  const change = fc.record({ at: fc.nat(2_000), remove: fc.nat(20), insert: fc.uint8Array({ maxLength: 20 }) });
  const changed = fc.tuple(honest, fc.array(change, { minLength: 1, maxLength: 4 })).map(([text, changes]) =>
    changes.reduce((bytes, { at, remove, insert }) => {
      const from = at % (bytes.length + 1);
      return Buffer.concat([bytes.subarray(0, from), insert, bytes.subarray(from + remove)]);
    }, Buffer.from(text)),
  );
  const whole = fc.oneof({ weight: 4, arbitrary: changed }, fc.uint8Array({ minLength: 1, maxLength: 500 }));
  // A connection may carry several, and may be cut into packets anywhere.
  return fc.tuple(fc.array(whole, { minLength: 1, maxLength: 3 }), fc.nat(400)).map(([all, cut]) => {
    const bytes = Buffer.concat(all);
    return [bytes.subarray(0, cut), bytes.subarray(cut)];
  });
};

/** Three of them fit into what a request may have of headers. */
const LONG = 4_500;

/** What may stand in any header: nothing, too much, and what whoever takes it apart may fall over. */
const VALUES = [
  '',
  ' ',
  ',',
  ',,;;==',
  '*',
  '"',
  'W/"',
  '\\',
  'é\xff',
  '%00%ff',
  '__proto__',
  'null',
  '-1',
  '1e309',
  '9'.repeat(40),
  'a=b; c="d; e',
  'text/html;q=2, */*;q=-1, a/b;q=x',
  'Bearer',
  'Bearer ',
  'Bearer a.b.c',
  'Basic Og==',
  'bytes=9-1,0-0',
  '../../etc/passwd',
  '00-00000000000000000000000000000000-0000000000000000-00',
  'Thu, 99 Foo 10000 25:61:61 GMT',
  '"'.repeat(LONG),
  '('.repeat(LONG),
  'x'.repeat(LONG),
];

/** Headers that the server, or what stands in it, looks at. Those that say how long a request is are in raw.test.ts. */
const HEADERS = [
  'Accept',
  'Accept-Encoding',
  'Accept-Language',
  'Access-Control-Request-Headers',
  'Access-Control-Request-Method',
  'Authorization',
  'Content-Encoding',
  'Content-Type',
  'Cookie',
  'Forwarded',
  'Idempotency-Key',
  'If-Match',
  'If-Modified-Since',
  'If-None-Match',
  'If-Range',
  'Last-Event-ID',
  'Origin',
  'Prefer',
  'Range',
  'Sec-Fetch-Site',
  'traceparent',
  'tracestate',
  'User-Agent',
  'X-Api-Key',
  'X-Correlation-Id',
  'X-Forwarded-For',
  'X-Forwarded-Proto',
  'X-HTTP-Method-Override',
];

const ODD = ' !"\'(),/;<=>?@[]{}~aZ0\xe9\t';
const value = fc.oneof(fc.constantFrom(...VALUES), fc.string({ unit: fc.constantFrom(...ODD), maxLength: 30 }));

/** One to three of them, the same one twice too. */
export const hostileHeaders: fc.Arbitrary<readonly (readonly [name: string, value: string])[]> = fc.array(
  fc.tuple(fc.constantFrom(...HEADERS), value),
  { minLength: 1, maxLength: 3 },
);
