/**
 * Loaded into a process before its own code (NODE_OPTIONS=--import=…): it dies by SIGKILL at the KILL_AT-th piece of work that it has put
 * off to the end of a turn of its loop, where the SQLite storage commits; right before that work, or right after it (KILL=before|after).
 */
const at = Number(process.env.KILL_AT);
const { setImmediate } = globalThis;
let turns = 0;

globalThis.setImmediate = (run, ...given) =>
  setImmediate(() => {
    turns += 1;
    if (turns === at && process.env.KILL === 'before') process.kill(process.pid, 'SIGKILL');
    run(...given);
    if (turns === at) process.kill(process.pid, 'SIGKILL');
  });
