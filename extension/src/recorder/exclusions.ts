/**
 * An exclusion is a host (`example.com`, with all its subdomains), or a host and the beginning of a path (`example.com/private`).
 */
interface Exclusion {
  readonly host: string;
  /** Whole segments of the path, such as `/private`; empty for all. */
  readonly path: string;
}

const parse = (exclusion: string): Exclusion => {
  const slash = exclusion.indexOf('/');
  return slash === -1 ? { host: exclusion, path: '' } : { host: exclusion.slice(0, slash), path: exclusion.slice(slash) };
};

const isUnder = (host: string, parent: string): boolean => host === parent || host.endsWith(`.${parent}`);

/** Is the page of this address one of which nothing is recorded? A port is no part of it. */
export const isExcluded = ({ hostname, pathname }: URL, exclusions: readonly string[]): boolean =>
  exclusions.some((exclusion) => {
    const { host, path } = parse(exclusion);
    return isUnder(bareHost(hostname), host) && (path === '' || pathname === path || pathname.startsWith(`${path}/`));
  });

const bareHost = (hostname: string): string => hostname.replace(/\.$/, '');

/**
 * What a person typed or pasted, as an exclusion: `https://www.Example.com/private/?q=1` is `www.example.com/private`, `*.example.com`
 * is `example.com`. Undefined where it names no host.
 */
export const toExclusion = (typed: string): string | undefined => {
  const text = typed
    .trim()
    .replace(/^\*:\/\//, 'https://')
    .replace(/^(https?:\/\/)?\*\./i, '$1');
  if (text === '' || /\s/.test(text)) return undefined;
  try {
    const url = new URL(text.includes('://') ? text : `https://${text}`);
    const path = url.pathname.replace(/\/?\*?$/, '');
    const isSite = /^https?:$/.test(url.protocol) && url.hostname !== '' && !url.hostname.includes('*');
    return isSite ? bareHost(url.hostname) + path : undefined;
  } catch {
    return undefined;
  }
};
