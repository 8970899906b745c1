import { posix } from 'node:path';
import type { Finding, Rule, SourceText } from './rule.ts';

const LINK = /\]\(([^)\s]+)\)/g;

/** As GitHub makes it from a heading. */
export const anchorOf = (heading: string): string =>
  heading
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .replace(/\s/g, '-');

const anchorsOf = (file: SourceText): ReadonlySet<string> =>
  new Set(file.text.split('\n').flatMap((line) => (/^#+ /.test(line) ? [anchorOf(line.replace(/^#+ /, ''))] : [])));

const linkProblem = (
  file: SourceText,
  link: string,
  files: ReadonlyMap<string, SourceText>,
  exists: (path: string) => boolean,
): string | undefined => {
  if (/^[a-z]+:/.test(link)) return undefined;
  const [target = '', anchor] = link.split('#');
  const path = target === '' ? file.path : posix.normalize(posix.join(posix.dirname(file.path), target));
  if (!exists(path)) return `the link ${link} leads nowhere; there is no ${path}`;
  const page = files.get(path);
  if (anchor === undefined || page === undefined || !path.endsWith('.md')) return undefined;
  return anchorsOf(page).has(anchor) ? undefined : `the link ${link} names a heading that ${path} does not have`;
};

/** Relative links of all pages lead to files (and headings) that exist. `exists` is asked with paths of the repository. */
export const linkRule = (exists: (path: string) => boolean): Rule => ({
  name: 'links of the docs lead somewhere',
  check: (files) => {
    const byPath = new Map(files.map((file) => [file.path, file]));
    return files
      .filter((file) => file.path.endsWith('.md'))
      .flatMap((file) =>
        file.text.split('\n').flatMap((line, index): Finding[] =>
          [...line.matchAll(LINK)].flatMap(([, link = '']) => {
            const message = linkProblem(file, link, byPath, exists);
            return message === undefined ? [] : [{ path: file.path, line: index + 1, message }];
          }),
        ),
      );
  },
});
