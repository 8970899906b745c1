import type { LocalConflict } from '@tidemark/client';
import { type Json, WHOLE_RECORD } from '@tidemark/protocol';
import type { ResolveRequest } from '@tidemark/protocol/messages';
import { type FormEvent, type ReactNode, useId, useState } from 'react';
import { type Side, sidesOf } from './sides.ts';
import { fieldName, fieldValue, type Naming, ruleText, whenText } from './words.ts';

export interface ConflictCardProps {
  readonly conflict: LocalConflict;
  /** What a person calls the record. */
  readonly title: string;
  readonly clientId: string;
  readonly naming: Naming;
  readonly onDecide: (request: ResolveRequest) => void;
}

const whoText = ({ client }: Naming, { where, clientId }: Side): string =>
  where === 'here' ? 'this device' : (client?.(clientId) ?? 'another device');

/** A third value, beginning with mine. */
function OtherValue({
  label,
  first,
  onDone,
  onCancel,
}: {
  label: string;
  first: string;
  onDone: (value: string) => void;
  onCancel: () => void;
}) {
  const id = useId();
  const [value, setValue] = useState(first);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    onDone(value);
  };
  return (
    <form onSubmit={submit}>
      <label htmlFor={id}>{label}</label>
      <textarea id={id} value={value} rows={3} onChange={(change) => setValue(change.currentTarget.value)} />
      <div className="tidemark-actions">
        <button type="submit">Use this</button>
        <button type="button" onClick={onCancel}>
          Back
        </button>
      </div>
    </form>
  );
}

/** One conflict: mine, theirs and base, who and when, the rule that decided, and what can be done about it. */
export function ConflictCard({ conflict, title, clientId, naming, onDecide }: ConflictCardProps): ReactNode {
  const heading = useId();
  const [writing, setWriting] = useState(false);
  const { mine, theirs } = sidesOf(conflict, clientId);
  const field = fieldName(naming, conflict.collection, conflict.field);
  const text = (value: Json): string => fieldValue(naming, conflict, value);
  const canWrite = conflict.field !== WHOLE_RECORD && typeof conflict.mine === 'string';
  const sideRow = (name: string, side: Side): ReactNode => (
    <div className="tidemark-side" data-stands={side.stands}>
      <dt>
        {name} <small>{`by ${whoText(naming, side)}, ${whenText(side.at)}`}</small>
        {side.stands && <mark>stands now</mark>}
      </dt>
      <dd>{text(side.value)}</dd>
    </div>
  );
  return (
    <article className="tidemark-card" aria-labelledby={heading}>
      <h3 id={heading}>{`${field} of “${title}”`}</h3>
      <dl>
        {sideRow('Mine', mine)}
        {sideRow('Theirs', theirs)}
        <div className="tidemark-side">
          <dt>
            Base <small>before both</small>
          </dt>
          <dd>{text(conflict.was)}</dd>
        </div>
      </dl>
      <p>
        {ruleText(conflict.rule)} <small>Noticed {whenText(conflict.raisedAt)}.</small>
      </p>
      {writing ? (
        <OtherValue
          label={`${field} as it should be`}
          first={typeof mine.value === 'string' ? mine.value : ''}
          onDone={(value) => onDecide({ choose: 'value', value })}
          onCancel={() => setWriting(false)}
        />
      ) : (
        <div className="tidemark-actions">
          <button type="button" onClick={() => onDecide({ choose: mine.choose })}>
            Keep mine
          </button>
          <button type="button" onClick={() => onDecide({ choose: theirs.choose })}>
            Keep theirs
          </button>
          {canWrite && (
            <button type="button" onClick={() => setWriting(true)}>
              Write another …
            </button>
          )}
        </div>
      )}
    </article>
  );
}
