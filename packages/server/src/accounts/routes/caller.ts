import { isIPv4, isIPv6 } from 'node:net';
import type { Caller } from '../context.ts';

const CLIENT_LENGTH_MAX = 120;

/** An IPv6 address as eight groups; undefined where it is none. */
const groupsOf = (address: string): readonly string[] | undefined => {
  if (!isIPv6(address)) return undefined;
  const [head = '', tail] = address.split('%')[0]?.split('::') ?? [];
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const gap = tail === undefined ? 0 : Math.max(0, 8 - left.length - right.length);
  return [...left, ...Array.from({ length: gap }, () => '0'), ...right].map((group) => group.toLowerCase().replace(/^0+(?=.)/, ''));
};

/** What attempts are counted by: an IPv4 address, or the 64 bits of IPv6 that one household has. */
const countedAs = (address: string): string => {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  return mapped ?? groupsOf(address)?.slice(0, 4).join(':') ?? address;
};

/** Too little to find a person by: the first 24 bits of IPv4, the first 48 of IPv6. */
const networkOf = (counted: string): string | undefined => {
  if (isIPv4(counted)) return `${counted.split('.').slice(0, 3).join('.')}.0/24`;
  const groups = counted.split(':');
  return groups.length === 4 ? `${groups.slice(0, 3).join(':')}::/48` : undefined;
};

/** The parts of a request that tell. */
export interface RequestSource {
  /** Undefined where the app was asked without a socket. */
  readonly env: { readonly peerAddress?: string } | undefined;
  readonly header: (name: 'X-Forwarded-For' | 'User-Agent') => string | undefined;
}

/**
 * Where a request came from. Of X-Forwarded-For only what `trustedProxies` proxies of our own wrote is believed, from
 * the right; with none of them it is the other end of the connection.
 */
export const callerOf = ({ env, header }: RequestSource, trustedProxies: number): Caller => {
  const forwarded =
    header('X-Forwarded-For')
      ?.split(',')
      .map((part) => part.trim()) ?? [];
  const peer = env?.peerAddress ?? 'unknown';
  const claimed = trustedProxies > 0 ? forwarded.at(-trustedProxies) : undefined;
  const address = countedAs(claimed !== undefined && (isIPv4(claimed) || isIPv6(claimed)) ? claimed : peer);
  const network = networkOf(address);
  const client = header('User-Agent')
    ?.replace(/[^\x20-\x7e]/g, '')
    .slice(0, CLIENT_LENGTH_MAX);
  return { address, ...(network === undefined ? {} : { network }), ...(client === undefined || client === '' ? {} : { client }) };
};
