import { fileURLToPath } from 'node:url';

/** Where the built page is in the repository, seen from this package's src and dist alike. */
export const pageFolder = (): string => fileURLToPath(new URL('../../../console/dist', import.meta.url));
