const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/** Bytes as base64url without padding (RFC 4648 §5). Written here because Node and browsers share no codec for bytes. */
export const encodeBase64Url = (bytes: readonly number[]): string => {
  let text = '';
  for (let i = 0; i < bytes.length; i += 3) {
    const [first = 0, second, third] = [bytes[i], bytes[i + 1], bytes[i + 2]];
    text += `${ALPHABET[first >> 2]}${ALPHABET[((first & 3) << 4) | ((second ?? 0) >> 4)]}`;
    if (second !== undefined) text += ALPHABET[((second & 15) << 2) | ((third ?? 0) >> 6)];
    if (third !== undefined) text += ALPHABET[third & 63];
  }
  return text;
};

/** The bytes, or undefined where the text is not exactly what encodeBase64Url makes of some bytes. */
export const decodeBase64Url = (text: string): number[] | undefined => {
  const bytes: number[] = [];
  let bits = 0;
  let held = 0;
  for (const character of text) {
    const value = ALPHABET.indexOf(character);
    if (value < 0) return undefined;
    bits = ((bits << 6) | value) & 0xffff;
    held += 6;
    if (held >= 8) {
      held -= 8;
      bytes.push((bits >> held) & 0xff);
    }
  }
  const leftOver = bits & ((1 << held) - 1);
  return held === 6 || leftOver !== 0 ? undefined : bytes;
};
