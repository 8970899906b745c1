import { Drawer } from '@mantine/core';
import type { Task } from '@tidemark/apps/time-tracker';
import type { ReactNode } from 'react';
import { ConflictList } from '../conflicts/conflict-list.tsx';
import { HistoryList } from '../history/history-list.tsx';
import type { CheckedFile } from '../load/check-file.ts';
import { LoadReport } from '../load/load-report.tsx';
import { ParkedList } from '../parked/parked-list.tsx';
import { EditTask } from '../tasks/edit-task.tsx';

/** What may slide in over a pane. */
export type Sheet =
  | { readonly kind: 'edit'; readonly task: Task }
  | { readonly kind: 'history'; readonly task: Task }
  | { readonly kind: 'conflicts' }
  | { readonly kind: 'parked' }
  | { readonly kind: 'load'; readonly file: CheckedFile };

const titleOf = (sheet: Sheet | null): string => {
  switch (sheet?.kind) {
    case 'edit':
      return 'Edit task';
    case 'history':
      return `History of “${sheet.task.title}”`;
    case 'conflicts':
      return 'Conflicts';
    case 'parked':
      return 'Parked';
    case 'load':
      return `Load ${sheet.file.name}`;
    case undefined:
      return '';
  }
};

const contentOf = (sheet: Sheet | null): ReactNode => {
  switch (sheet?.kind) {
    case 'edit':
      return <EditTask task={sheet.task} />;
    case 'history':
      return <HistoryList task={sheet.task} />;
    case 'conflicts':
      return <ConflictList />;
    case 'parked':
      return <ParkedList />;
    case 'load':
      return <LoadReport file={sheet.file} />;
    case undefined:
      return null;
  }
};

interface SheetViewProps {
  readonly sheet: Sheet | null;
  readonly isOpen: boolean;
  readonly onClose: () => void;
}

/** A sheet from the foot of the pane. The last one stays while it slides out. */
export function SheetView({ sheet, isOpen, onClose }: SheetViewProps) {
  return (
    <Drawer
      opened={isOpen}
      onClose={onClose}
      position="bottom"
      radius="lg"
      title={titleOf(sheet)}
      closeButtonProps={{ 'aria-label': 'Close' }}
      overlayProps={{ backgroundOpacity: 0.35 }}
      styles={{ title: { fontWeight: 650 }, content: { height: 'auto', maxHeight: '88%' } }}
    >
      {contentOf(sheet)}
    </Drawer>
  );
}
