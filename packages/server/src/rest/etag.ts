/** The strong tag of a record: its revision. */
export const etagOf = (revision: number): string => `"${revision}"`;

const TAG = /(W\/)?"([\x21\x23-\x7e\x80-\xff]*)"/g;

/** The tags of an If-Match or If-None-Match header; `*` for any. */
const tagsOf = (header: string): readonly { readonly weak: boolean; readonly value: string }[] =>
  [...header.matchAll(TAG)].map(([, weak, value = '']) => ({ weak: weak !== undefined, value }));

/** Does If-Match let the record of this revision through? Compared strongly, as RFC 9110 wants it. */
export const ifMatchHolds = (header: string, revision: number): boolean =>
  header.trim() === '*' || tagsOf(header).some(({ weak, value }) => !weak && value === String(revision));

/** Has the caller what the tag stands for? Compared weakly. */
export const ifNoneMatchHolds = (header: string | undefined, etag: string): boolean => {
  if (header === undefined) return false;
  const [own] = tagsOf(etag);
  return header.trim() === '*' || tagsOf(header).some(({ value }) => value === own?.value);
};
