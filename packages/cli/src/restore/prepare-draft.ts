import type { CommandContext } from '../context.ts';
import { inspectSpaces } from '../inspect.ts';
import { type OpenedDatabase, openDatabase } from '../open-engine.ts';
import { failed, type Outcome, wrongInput } from '../outcome.ts';

const findProblems = async (context: CommandContext, database: OpenedDatabase): Promise<readonly string[]> => {
  const damage = await database.storage.integrityCheck();
  if (damage.length > 0) return damage;
  const problems: string[] = [];
  for await (const finding of inspectSpaces(context, database)) {
    problems.push(...finding.problems.map((problem) => `${finding.space.key}: ${problem}`));
  }
  return problems;
};

/**
 * Checks a copy of a backup as doctor would, and starts a new epoch in each of its spaces: no cursor of the log that
 * was lost fits any more, and clients notice at their first pull. Answers how many spaces there are.
 */
export const prepareDraft = async (
  context: CommandContext,
  draft: string,
  backup: string,
): Promise<{ readonly spaces: number } | Outcome> => {
  const opened = await openDatabase(draft, context.env);
  if (!opened.ok) return wrongInput(`${backup} cannot be restored: ${opened.error.message}`);
  const database = opened.value;
  try {
    const problems = await findProblems(context, database);
    if (problems.length > 0) return wrongInput([`${backup} is damaged; nothing was restored:`, ...problems].join('\n  '));
    let spaces = 0;
    for await (const space of database.engine.listSpaces()) {
      const epoch = await database.engine.startEpoch(space);
      if (!epoch.ok) return failed(`${space.key}: ${epoch.error.code}: ${epoch.error.message}`);
      spaces += 1;
    }
    return { spaces };
  } finally {
    await database.close();
  }
};
