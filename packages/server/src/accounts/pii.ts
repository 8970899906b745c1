import { createCipheriv, createDecipheriv, createHash, createHmac, hkdfSync } from 'node:crypto';
import type { Sealed } from './rows.ts';
import type { RandomBytes } from './secrets.ts';

/** A key that personal data is encrypted with: 32 bytes, and a name that stands beside what it encrypted. */
export interface PiiKey {
  readonly id: string;
  readonly key: Uint8Array;
}

/** How e-mail addresses and telephone numbers are kept. */
export interface Pii {
  /** Encrypts with the newest key (AES-256-GCM). `place` names what it belongs to, and nothing can be moved elsewhere. */
  seal(text: string, place: string): Sealed;
  /** Throws where the key is no longer configured or the text was changed: an operator's fault, not a caller's. */
  open(sealed: Sealed, place: string): string;
  /** Names by which a text is found again without being stored: by the newest key first, then by each older one, then the keyless. */
  indexes(text: string): readonly string[];
  /** Is it sealed with the newest key? */
  isCurrent(sealed: Sealed): boolean;
}

const NONCE_BYTES = 12;
const TAG_BYTES = 16;

const derive = (key: Uint8Array, purpose: string): Buffer => Buffer.from(hkdfSync('sha256', key, '', `tidemark ${purpose}`, 32));

const indexOf = (key: Uint8Array | undefined, text: string): string =>
  key === undefined
    ? `plain-${createHash('sha256').update(text).digest('base64url')}`
    : createHmac('sha256', derive(key, 'index')).update(text).digest('base64url');

/** The first of `keys` encrypts, all of them decrypt. Without keys, personal data is kept as it is. */
export const createPii = (keys: readonly PiiKey[], randomBytes: RandomBytes): Pii => {
  const [newest] = keys;
  return {
    seal: (text, place) => {
      if (newest === undefined) return { keyId: null, text };
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv('aes-256-gcm', derive(newest.key, 'seal'), nonce).setAAD(Buffer.from(place));
      const sealed = Buffer.concat([nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]);
      return { keyId: newest.id, text: sealed.toString('base64') };
    },
    open: ({ keyId, text }, place) => {
      if (keyId === null) return text;
      const found = keys.find(({ id }) => id === keyId);
      if (found === undefined) throw new Error(`Personal data is encrypted with the key ${keyId}, which is not configured.`);
      const sealed = Buffer.from(text, 'base64');
      const decipher = createDecipheriv('aes-256-gcm', derive(found.key, 'seal'), sealed.subarray(0, NONCE_BYTES))
        .setAAD(Buffer.from(place))
        .setAuthTag(sealed.subarray(-TAG_BYTES));
      return Buffer.concat([decipher.update(sealed.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()]).toString('utf8');
    },
    indexes: (text) => [...keys.map(({ key }) => indexOf(key, text)), indexOf(undefined, text)],
    isCurrent: ({ keyId }) => keyId === (newest?.id ?? null),
  };
};
