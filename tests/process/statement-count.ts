/** How often statements were run on connections opened since `counting` was put in place. */
export const counted = { statements: 0 };

const RUNS: readonly (string | symbol)[] = ['run', 'get', 'all', 'exec'];

/** The same object, with its runs counted. Its native methods want the object itself as `this`. */
const watch = <T extends object>(target: T): T =>
  new Proxy(target, {
    get: (_, name) => {
      const member: unknown = Reflect.get(target, name, target);
      if (typeof member !== 'function') return member;
      return (...values: unknown[]): unknown => {
        if (RUNS.includes(name)) counted.statements += 1;
        const answer: unknown = Reflect.apply(member, target, values);
        return name === 'prepare' && typeof answer === 'object' && answer !== null ? watch(answer) : answer;
      };
    },
  });

/** SQLite as it is, but for a count of the statements that are run. */
export const counting = <T extends { readonly DatabaseSync: new (...values: never[]) => object }>(sqlite: T) => ({
  ...sqlite,
  DatabaseSync: new Proxy(sqlite.DatabaseSync, { construct: (target, values) => watch(Reflect.construct(target, values)) }),
});
