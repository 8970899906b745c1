import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { callerOf } from './platform/http.ts';
import { type Finished, freshFolder, launch, tokenOf } from './platform/tidemark-process.ts';
import { seededRandom } from './seeded-random.ts';
import { createWriter, type Writer } from './writer.ts';

const SEED = 20_261_121;
const PUSHES = 4;
const KEY_FILE = 'development-key.json';

/** A key and a token signed by it, for many data folders. */
export interface Signer {
  readonly folder: string;
  readonly token: string;
}

export const createSigner = async (): Promise<Signer> => {
  const folder = await freshFolder();
  return { folder, token: await tokenOf(folder, 'demo') };
};

/** What a scripted run was left with. */
export interface Played {
  readonly folder: string;
  readonly writers: readonly Writer[];
  readonly finished: Finished;
}

/**
 * The same run every time, on a fresh data folder: the database is made, two clients push in turns (one of them in groups),
 * the server is told to stop and empties its write-ahead log. `under` is a command that lets it die or fail on the way.
 */
export const playScript = async (signer: Signer, under: readonly string[] = []): Promise<Played> => {
  const data = await freshFolder();
  await copyFile(join(signer.folder, KEY_FILE), join(data, KEY_FILE));
  const writers = [createWriter('anna', seededRandom(SEED)), createWriter('bert', seededRandom(SEED + 1), { grouped: true })];
  const server = launch(['--data', data], { under });
  const url = await server.ready;
  if (url !== undefined) {
    const caller = callerOf(url, signer.token);
    for (let push = 0; push < PUSHES; push += 1) {
      for (const writer of writers) {
        let pushes = 0;
        await writer.write(caller, () => pushes++ > 0);
      }
    }
  }
  return { folder: data, writers, finished: await server.end('SIGTERM') };
};
