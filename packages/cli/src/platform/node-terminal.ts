import { once } from 'node:events';
import type { Terminal } from '../terminal.ts';

/** This process's stdout and stderr. A reader that goes away (`tidemark export … | head`) ends the process quietly. */
export const nodeTerminal = (): Terminal => {
  process.stdout.on('error', (fault) => {
    if ('code' in fault && fault.code === 'EPIPE') process.exit(0);
    throw fault;
  });
  return {
    print: (line) => void process.stdout.write(`${line}\n`),
    note: (line) => void process.stderr.write(`${line}\n`),
    write: async (text) => {
      if (!process.stdout.write(text)) await once(process.stdout, 'drain');
    },
    interactive: process.stderr.isTTY === true,
  };
};
