// A trace as a Mermaid sequence chart: who sent what to whom, who died, what was injected.

const LINE = /^(?<at>[\d.]+) (?<who>u\d+d\d+\.\d+) (?<what>->|<-|receives|hears:|dies)(?<rest>.*)$/;
const FAULT = /^(?<at>[\d.]+) (?<what>fault .* at .*|server is restored.*|VIOLATION .*)$/;
const LINES_MAX = 60;

const arrowOf = (who: string, what: string, rest: string, seconds: string): string => {
  const text = `${rest.trim().replaceAll(';', ',')} (${seconds} s)`;
  if (what === '->') return `${who}->>server: ${text}`;
  if (what === '<-') return `server->>network: for ${who}: ${text}`;
  if (what === 'receives') return `network->>${who}: ${text}`;
  if (what === 'hears:') return `network--x${who}: ${text}`;
  return `Note over ${who}: dies (${seconds} s)`;
};

/** The last part of a trace as a chart; lines of edits and timers are left out. */
export const sequenceChart = (trace: readonly string[]): string => {
  const drawn = trace.flatMap((line) => {
    const { at = '', who = '', what = '', rest = '' } = LINE.exec(line)?.groups ?? {};
    if (who !== '') return [arrowOf(who.replace('.', '_'), what, rest, (Number(at) / 1000).toFixed(1))];
    const fault = FAULT.exec(line)?.groups;
    return fault === undefined ? [] : [`Note over server: ${String(fault.what).replaceAll(';', ',').slice(0, 100)}`];
  });
  return ['sequenceDiagram', ...drawn.slice(-LINES_MAX).map((line) => `  ${line}`)].join('\n');
};

/** The first step at which two traces of one seed part, as a pair of lines; undefined where they are equal. */
export const firstDivergence = (a: readonly string[], b: readonly string[]): string | undefined => {
  for (let i = 0; i < Math.max(a.length, b.length); i += 1)
    if (a[i] !== b[i]) return `line ${i + 1}: ${a[i] ?? 'nothing'} | ${b[i] ?? 'nothing'}`;
  return undefined;
};
