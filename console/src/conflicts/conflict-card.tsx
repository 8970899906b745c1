import { Button, Group } from '@mantine/core';
import type { LocalConflict } from '@tidemark/client';
import { isJsonObject, WHOLE_RECORD } from '@tidemark/protocol';
import type { ResolveRequest } from '@tidemark/protocol/messages';
import { type Side, sidesOf } from '@tidemark/react';
import { useState } from 'react';
import { usePane, useReport } from '../pane/pane-context.ts';
import { timeOfDay } from '../pane/words.ts';
import { now } from '../platform/browser.ts';
import classes from './conflicts.module.css';
import { EditValue, isEditable } from './edit-value.tsx';
import { fieldName, ruleWords, valueText } from './field-words.ts';

function SideView({ name, side, text }: { readonly name: string; readonly side: Side; readonly text: string }) {
  return (
    <div className={classes.side} data-stands={side.stands}>
      <dt>
        {name} <span className={classes.by}>{`written ${side.where}, ${timeOfDay(side.at)}`}</span>
        {side.stands && <span className={classes.stands}>stands</span>}
      </dt>
      <dd>{text}</dd>
    </div>
  );
}

const useTitle = (conflict: LocalConflict): string => {
  const { client } = usePane();
  const live = client.collection('tasks').get(conflict.id)?.title;
  if (live !== undefined) return live;
  const kept = [conflict.mine, conflict.theirs, conflict.was].find(isJsonObject);
  return typeof kept?.title === 'string' ? kept.title : 'A deleted task';
};

/** One conflict: mine, theirs, base, the rule that decided, and what can be done about it. */
export function ConflictCard({ conflict }: { readonly conflict: LocalConflict }) {
  const { client } = usePane();
  const report = useReport();
  const title = useTitle(conflict);
  const [editing, setEditing] = useState(false);
  const { mine, theirs } = sidesOf(conflict, client.clientId);
  const text = (value: Side['value']) => valueText(conflict.field, value, now());
  const resolve = (request: ResolveRequest) => void report(client.resolve(conflict.conflictId, request));
  return (
    <article className={classes.card} aria-label={`${fieldName(conflict.field)} of ${title}`}>
      <h3>
        {fieldName(conflict.field)} <span className={classes.of}>of “{title}”</span>
      </h3>
      <dl className={classes.sides}>
        <SideView name="Mine" side={mine} text={text(mine.value)} />
        <SideView name="Theirs" side={theirs} text={text(theirs.value)} />
        <div className={classes.side}>
          <dt>
            Base <span className={classes.by}>before both</span>
          </dt>
          <dd>{text(conflict.was)}</dd>
        </div>
      </dl>
      <p className={classes.rule}>
        {ruleWords(conflict.rule)} <code>{conflict.rule}</code>
      </p>
      {editing ? (
        <EditValue conflict={conflict} onDone={(value) => resolve({ choose: 'value', value })} onCancel={() => setEditing(false)} />
      ) : (
        <Group gap="xs">
          <Button size="xs" variant="light" onClick={() => resolve({ choose: mine.choose })}>
            Keep mine
          </Button>
          <Button size="xs" variant="light" onClick={() => resolve({ choose: theirs.choose })}>
            Keep theirs
          </Button>
          {conflict.field !== WHOLE_RECORD && isEditable(conflict.mine) && (
            <Button size="xs" variant="default" onClick={() => setEditing(true)}>
              Edit…
            </Button>
          )}
        </Group>
      )}
    </article>
  );
}
