import { Button, Loader, Text, Timeline } from '@mantine/core';
import type { Task } from '@tidemark/apps/time-tracker';
import type { Result } from '@tidemark/protocol';
import type { HistoryAnswer, HistoryEntry } from '@tidemark/protocol/messages';
import { useEffect, useState } from 'react';
import { usePane, useReport } from '../pane/pane-context.ts';
import { dayAndTime } from '../pane/words.ts';
import { now } from '../platform/browser.ts';
import { whatChanged } from './what-changed.ts';

const useHistory = (id: string): Result<HistoryAnswer> | null => {
  const { client } = usePane();
  const [answer, setAnswer] = useState<Result<HistoryAnswer> | null>(null);
  useEffect(() => {
    let wanted = true;
    void client.history('tasks', id).then((history) => {
      if (wanted) setAnswer(history);
    });
    return () => {
      wanted = false;
    };
  }, [client, id]);
  return answer;
};

interface EntryProps {
  readonly entry: HistoryEntry;
  /** Fields before it; undefined where the task did not exist. */
  readonly before: HistoryEntry['fields'];
  readonly isNewest: boolean;
}

function Entry({ entry, before, isNewest }: EntryProps) {
  const { client, close, tell } = usePane();
  const report = useReport();
  const restore = async () => {
    if (!(await report(client.restoreRecord('tasks', entry.id, entry.seq)))) return;
    tell({ kind: 'done', text: `Restored as of ${dayAndTime(entry.updatedAt)}.` });
    close();
  };
  return (
    <>
      {whatChanged(entry.fields, before, now()).map((line) => (
        <Text key={line} fw={550} style={{ overflowWrap: 'anywhere' }}>
          {line}
        </Text>
      ))}
      <Text size="sm" c="var(--quiet)" className="numerals">
        {entry.clientId === client.clientId ? 'Here' : 'Elsewhere'}, {dayAndTime(entry.updatedAt)}
      </Text>
      {!isNewest && entry.deleted === undefined && (
        <Button size="compact-sm" variant="light" mt={6} onClick={() => void restore()}>
          Restore this
        </Button>
      )}
    </>
  );
}

/** Who changed a task, when and how, the newest first; each state can be brought back. */
export function HistoryList({ task }: { readonly task: Task }) {
  const answer = useHistory(task.id);
  if (answer === null) return <Loader aria-label="Loading the history" />;
  if (!answer.ok) return <Text role="alert">{answer.error.message}</Text>;
  const { entries, nextBefore, compacted } = answer.value;
  const isCut = nextBefore !== undefined || compacted;
  // What stood before the oldest entry of a cut list is unknown; it must not look like the creation.
  const before = (index: number) => (isCut && index === entries.length - 1 ? entries[index] : entries[index + 1])?.fields;
  return (
    <>
      <Timeline bulletSize={14} lineWidth={2} active={0} aria-label="History">
        {entries.map((entry, index) => (
          <Timeline.Item key={entry.seq} data-seq={entry.seq}>
            <Entry entry={entry} before={before(index)} isNewest={index === 0} />
          </Timeline.Item>
        ))}
      </Timeline>
      {entries.length === 0 && <Text>The server has not seen this task yet.</Text>}
      {isCut && (
        <Text size="sm" mt="md">
          Older changes are not shown.
        </Text>
      )}
    </>
  );
}
