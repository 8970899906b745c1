import type { Client, ParkedMutation } from '@tidemark/client';
import { isJsonObject } from '@tidemark/protocol';
import type { Mutation } from '@tidemark/protocol/messages';
import { type ReactNode, useId, useState } from 'react';
import { useOutbox } from '../hooks/use-sync.ts';
import { download } from '../platform/browser.ts';
import { useClient } from '../provider.tsx';
import { counted, fieldName, type Naming, recordName, whenText } from './words.ts';

export interface OutboxListProps {
  readonly naming?: Naming;
  /** The most pending mutations that are listed; the others are counted. Default 50. */
  readonly shownMax?: number;
}

const OPS = { put: 'Save', patch: 'Edit', delete: 'Delete', void: 'Withdraw' } as const;

/** What a mutation does, such as: Edit “Tides”: title, tags. */
const mutationText = (client: Client, naming: Naming, { op, collection, id, fields }: Mutation): string => {
  const record: unknown = collection.startsWith('$') ? undefined : client.collection(collection).get(id);
  const name = recordName(naming, collection, id, { ...(isJsonObject(record) ? record : {}), ...fields });
  const named = op === 'patch' ? Object.keys(fields ?? {}).map((field) => fieldName(naming, collection, field)) : [];
  if (collection.startsWith('$')) return 'Decide a conflict';
  return `${OPS[op]} “${name}”${named.length === 0 ? '' : `: ${named.join(', ')}`}`;
};

function ParkedCard({ parked, text }: { readonly parked: ParkedMutation; readonly text: string }): ReactNode {
  const { retry, discard } = useOutbox();
  const [isSure, setSure] = useState(false);
  const [fault, setFault] = useState('');
  const { mutation, error, parkedAt } = parked;
  const again = async (): Promise<void> => {
    const result = await retry(mutation.mutationId);
    if (!result.ok) setFault(result.error.message);
  };
  return (
    <article className="tidemark-card" aria-label={text}>
      <h3>{text}</h3>
      <p>
        {error.message} <small>{`${error.code}, ${whenText(parkedAt)}`}</small>
      </p>
      {fault !== '' && <p role="alert">{fault}</p>}
      <div className="tidemark-actions">
        <button type="button" onClick={() => void again()}>
          Try again
        </button>
        <button type="button" onClick={() => download(`tidemark-parked-${mutation.mutationId}.json`, parked)}>
          Export
        </button>
        <button type="button" onClick={() => (isSure ? void discard(mutation.mutationId) : setSure(true))} onBlur={() => setSure(false)}>
          {isSure ? 'Discard for good' : 'Discard'}
        </button>
      </div>
    </article>
  );
}

/** What exists only on this device: what waits to be sent; what the server refused, to be tried again, exported or discarded. */
export function OutboxList({ naming = {}, shownMax = 50 }: OutboxListProps): ReactNode {
  const client = useClient();
  const { pending, parked, exportUnsynced } = useOutbox();
  const heading = useId();
  const more = pending.length - shownMax;
  return (
    <section className="tidemark tidemark-outbox-list" aria-labelledby={heading}>
      <h2 id={heading}>{pending.length === 0 ? 'Nothing waits to be sent' : `${counted(pending.length, 'change')} to send`}</h2>
      {pending.length > 0 && (
        <ul>
          {pending.slice(0, shownMax).map((mutation) => (
            <li key={mutation.mutationId}>
              {mutationText(client, naming, mutation)} <small>{whenText(mutation.at)}</small>
            </li>
          ))}
        </ul>
      )}
      {more > 0 && <p>{`and ${counted(more, 'more change', 'more changes')}`}</p>}
      {parked.length > 0 && <h2>{`${counted(parked.length, 'change')} refused`}</h2>}
      {parked.map((one) => (
        <ParkedCard key={one.mutation.mutationId} parked={one} text={mutationText(client, naming, one.mutation)} />
      ))}
      {pending.length + parked.length > 0 && (
        <button type="button" onClick={() => download('tidemark-unsynced.json', exportUnsynced())}>
          Export all of it
        </button>
      )}
    </section>
  );
}
