import { FileButton } from '@mantine/core';
import { type ReactNode, useRef } from 'react';
import { usePane } from '../pane/pane-context.ts';
import { now } from '../platform/browser.ts';
import { checkFile } from './check-file.ts';

/** Lets a person choose a file of tasks, checks it whole, and shows what would be loaded. `children` gets what opens the chooser. */
export function LoadButton({ children }: { readonly children: (choose: () => void) => ReactNode }) {
  const { client, open } = usePane();
  const forget = useRef<() => void>(null);
  const check = async (chosen: File | null) => {
    if (chosen === null) return;
    const isHere = (id: string) => client.collection('tasks').get(id) !== undefined;
    open({ kind: 'load', file: checkFile(chosen.name, await chosen.text(), now(), isHere) });
    forget.current?.();
  };
  return (
    <FileButton
      accept="application/json,.json"
      resetRef={forget}
      onChange={(chosen) => void check(chosen)}
      inputProps={{ 'aria-label': 'File of tasks' }}
    >
      {({ onClick }) => children(onClick)}
    </FileButton>
  );
}
