import { useSyncExternalStore } from 'react';
import type { Source } from '../sources/source.ts';

/** The value of a source; never two different ones in one rendering of the page. */
export const useSource = <T>({ subscribe, snapshot }: Source<T>): T => useSyncExternalStore(subscribe, snapshot, snapshot);
