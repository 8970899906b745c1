import type { FileEvent } from './platform/recording.ts';

type Change = Extract<FileEvent, { readonly call: 'pwrite64' | 'ftruncate' }>;

/** One file on a disk that keeps what was synced for sure, and of the rest anything. */
interface DiskFile {
  durable: Buffer;
  pending: Change[];
  /** Its name survives: the file or its folder was synced. */
  named: boolean;
  /** Removed, and its folder not synced since. */
  removed: boolean;
}

/** What a power loss makes of a change that was not synced: which of its stretches of `sector` bytes reach the disk. */
export interface Loss {
  readonly sector: number;
  /** Asked once for every such stretch, and once for every name that is not sure. */
  readonly survives: () => boolean;
}

/** A disk as it stands after a number of calls. */
export interface Disk {
  apply(event: FileEvent): void;
  /** The files that are found after a power loss at this moment. */
  afterLoss(loss: Loss): ReadonlyMap<string, Buffer>;
}

const grown = (bytes: Buffer, size: number): Buffer =>
  bytes.length >= size ? bytes : Buffer.concat([bytes, Buffer.alloc(size - bytes.length)]);

const resized = (bytes: Buffer, size: number): Buffer => grown(bytes.subarray(0, size), size);

const written = (bytes: Buffer, offset: number, data: Buffer): Buffer => {
  const whole = Buffer.from(grown(bytes, offset + data.length));
  data.copy(whole, offset);
  return whole;
};

const changed = (bytes: Buffer, change: Change): Buffer =>
  change.call === 'ftruncate' ? resized(bytes, change.size) : written(bytes, change.offset, change.data);

/** A disk cuts a write at borders of its own sectors, not of the write. */
const torn = (bytes: Buffer, { offset, data }: Extract<Change, { readonly call: 'pwrite64' }>, { sector, survives }: Loss): Buffer => {
  let left = bytes;
  for (let from = offset; from < offset + data.length; ) {
    const to = Math.min(offset + data.length, (Math.floor(from / sector) + 1) * sector);
    if (survives()) left = written(left, from, data.subarray(from - offset, to - offset));
    from = to;
  }
  return left;
};

/**
 * Rebuilds what a disk may hold after a power loss. A sync of a file makes its changes and its name sure (as ext4, XFS and APFS
 * do); a sync of its folder makes names and removals sure. Everything since may be there in part and in any order.
 */
export const createDisk = (): Disk => {
  const files = new Map<string, DiskFile>();
  const fileAt = (path: string): DiskFile => {
    const known = files.get(path);
    if (known !== undefined && !known.removed) return known;
    const file: DiskFile = { durable: Buffer.alloc(0), pending: [], named: false, removed: false };
    files.set(path, file);
    return file;
  };
  const syncFolder = (folder: string): void => {
    for (const [path, file] of files) {
      if (!path.startsWith(`${folder}/`)) continue;
      if (file.removed) files.delete(path);
      else file.named = true;
    }
  };
  const sync = (path: string): void => {
    if (!files.has(path)) {
      syncFolder(path);
      return;
    }
    const file = fileAt(path);
    file.durable = file.pending.reduce(changed, file.durable);
    file.pending = [];
    file.named = true;
  };
  return {
    apply: (event) => {
      if (event.call === 'pwrite64' || event.call === 'ftruncate') fileAt(event.path).pending.push(event);
      else if (event.call === 'unlink') fileAt(event.path).removed = true;
      else sync(event.path);
    },
    afterLoss: (loss) => {
      const found = new Map<string, Buffer>();
      for (const [path, { durable, pending, named, removed }] of files) {
        const sure = named && !removed;
        if (!sure && !loss.survives()) continue;
        const left = pending.reduce((bytes, change) => {
          if (change.call === 'pwrite64') return torn(bytes, change, loss);
          return loss.survives() ? changed(bytes, change) : bytes;
        }, durable);
        found.set(path, left);
      }
      return found;
    },
  };
};
