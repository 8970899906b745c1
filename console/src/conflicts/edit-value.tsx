import { Button, Group, TagsInput, TextInput } from '@mantine/core';
import type { LocalConflict } from '@tidemark/client';
import type { Json } from '@tidemark/protocol';
import { type FormEvent, useState } from 'react';
import classes from './conflicts.module.css';
import { fieldName } from './field-words.ts';

const isWords = (value: Json): value is string[] => Array.isArray(value) && value.every((item) => typeof item === 'string');

/** Text and lists of words can be written by hand; of the other values one of the two is chosen. */
export const isEditable = (value: Json): value is string | string[] => typeof value === 'string' || isWords(value);

interface EditValueProps {
  readonly conflict: LocalConflict;
  readonly onDone: (value: Json) => void;
  readonly onCancel: () => void;
}

/** Writes a third value, beginning with mine. */
export function EditValue({ conflict, onDone, onCancel }: EditValueProps) {
  const [value, setValue] = useState(isEditable(conflict.mine) ? conflict.mine : '');
  const label = `${fieldName(conflict.field)} as it should be`;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onDone(value);
  };
  return (
    <form onSubmit={submit} className={classes.edit}>
      {typeof value === 'string' ? (
        <TextInput label={label} value={value} onChange={(change) => setValue(change.currentTarget.value)} />
      ) : (
        <TagsInput label={label} value={value} onChange={setValue} />
      )}
      <Group gap="xs">
        <Button size="xs" type="submit" disabled={value === ''}>
          Use this
        </Button>
        <Button size="xs" variant="default" onClick={onCancel}>
          Back
        </Button>
      </Group>
    </form>
  );
}
