import type { Client, LocalConflict } from '@tidemark/client';
import { isJsonObject, type Json, type JsonObject, type Result, WHOLE_RECORD } from '@tidemark/protocol';
import type { ResolveRequest } from '@tidemark/protocol/messages';
import { type ReactNode, useId, useState } from 'react';
import { useConflicts } from '../hooks/use-sync.ts';
import { useClient } from '../provider.tsx';
import { ConflictCard } from './conflict-card.tsx';
import { counted, fieldName, type Naming, recordName } from './words.ts';

export interface ConflictInboxProps {
  readonly naming?: Naming;
}

/** What was decided last, and the record as it was before. */
interface Decision {
  readonly conflict: LocalConflict;
  readonly name: string;
  readonly before: JsonObject | undefined;
}

const recordOf = (client: Client, { collection, id }: LocalConflict): JsonObject | undefined => {
  const record: unknown = client.collection(collection).get(id);
  return isJsonObject(record) ? record : undefined;
};

/** The name of a record, also of one that is deleted: its fields then stand in the conflict. */
const nameOf = (naming: Naming, client: Client, conflict: LocalConflict): string => {
  const fields = recordOf(client, conflict) ?? [conflict.mine, conflict.theirs, conflict.was].find(isJsonObject);
  return recordName(naming, conflict.collection, conflict.id, fields);
};

/** Brings back what stood before the decision: an ordinary edit, so that every device sees it. */
const undo = (client: Client, { conflict, before }: Decision): Promise<Result<unknown>> => {
  const { collection, id, field } = conflict;
  const handle = client.collection(collection);
  if (before === undefined) return handle.delete(id);
  const { id: _, ...fields } = before;
  const was: Json = fields[field] ?? null;
  return field === WHOLE_RECORD ? handle.put(fields, id) : handle.patch(id, { [field]: was });
};

/**
 * The edits that a merge rule could not combine without dropping one: a person looks at both and decides, also offline. A decision
 * can be taken back while the inbox is shown.
 */
export function ConflictInbox({ naming = {} }: ConflictInboxProps): ReactNode {
  const client = useClient();
  const { conflicts, resolve } = useConflicts();
  const heading = useId();
  const [decision, setDecision] = useState<Decision>();
  const [said, setSaid] = useState('');
  const tell = async (doing: Promise<Result<unknown>>, done: string): Promise<boolean> => {
    const result = await doing;
    setSaid(result.ok ? done : result.error.message);
    return result.ok;
  };
  const decide = async (conflict: LocalConflict, request: ResolveRequest): Promise<void> => {
    const name = `${fieldName(naming, conflict.collection, conflict.field)} of “${nameOf(naming, client, conflict)}”`;
    const before = recordOf(client, conflict);
    if (await tell(resolve(conflict.conflictId, request), `Decided: ${name}.`)) setDecision({ conflict, name, before });
  };
  const takeBack = async (taken: Decision): Promise<void> => {
    if (await tell(undo(client, taken), `${taken.name} is as it was before.`)) setDecision(undefined);
  };
  return (
    <section className="tidemark tidemark-conflict-inbox" aria-labelledby={heading}>
      <h2 id={heading}>{conflicts.length === 0 ? 'No conflicts' : counted(conflicts.length, 'conflict')}</h2>
      <div className="tidemark-said">
        <p role="status">{said}</p>
        {decision !== undefined && (
          <button type="button" onClick={() => void takeBack(decision)}>
            Undo
          </button>
        )}
      </div>
      {conflicts.length === 0 && (
        <p>When two devices edit the same thing and one edit had to give way, both are kept here until you decide.</p>
      )}
      {conflicts.map((conflict) => (
        <ConflictCard
          key={conflict.conflictId}
          conflict={conflict}
          title={nameOf(naming, client, conflict)}
          clientId={client.clientId}
          naming={naming}
          onDecide={(request) => void decide(conflict, request)}
        />
      ))}
    </section>
  );
}
