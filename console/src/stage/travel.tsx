import { WaveIcon } from '../look/icons.tsx';
import { counted, timeOfDay } from '../pane/words.ts';
import classes from './travel.module.css';
import type { Travel as OneTravel, Panes } from './use-panes.ts';

const LINES = 8;
const DOTS = 6;

const lineOf = ({ kind, count, ok }: OneTravel): string => {
  if (!ok) return kind === 'push' ? 'could not push' : 'could not pull';
  if (kind === 'push') return `pushed ${counted(count, 'mutation')}`;
  return kind === 'pull' ? `pulled ${counted(count, 'change')}` : `live: ${counted(count, 'change')}`;
};

/** The way between the panes, over the server, with a dot for each thing that travels. */
function Wires({ travels, unlinked }: Panes) {
  return (
    <div className={classes.wires} aria-hidden="true">
      {['left', 'right'].map((pane) => (
        <div key={pane} className={classes.wire} data-pane={pane} data-linked={!unlinked.has(pane)}>
          {travels
            .filter((travel) => travel.pane === pane && travel.ok)
            .slice(0, DOTS)
            .map((travel) => (
              <span key={travel.key} className={classes.dot} data-way={travel.kind === 'push' ? 'out' : 'in'} />
            ))}
        </div>
      ))}
      <div className={classes.server}>
        <WaveIcon size={22} />
      </div>
    </div>
  );
}

/** What travels: pushes, pulls and live changes of both panes. */
export function Travel(panes: Panes) {
  return (
    <section className={classes.travel} aria-label="What travels">
      <Wires {...panes} />
      <p className={classes.caption}>Server</p>
      <ul className={classes.lines} role="log" aria-live="polite" aria-label="Pushes, pulls and live changes">
        {panes.travels.slice(0, LINES).map((travel) => (
          <li key={travel.key} data-kind={travel.kind} data-ok={travel.ok}>
            <span className={classes.what}>
              <b>{travel.pane}</b> {lineOf(travel)}
            </span>
            <time className="numerals">{timeOfDay(travel.at)}</time>
          </li>
        ))}
      </ul>
      {panes.travels.length === 0 && <p className={classes.quiet}>Nothing has travelled yet.</p>}
    </section>
  );
}
