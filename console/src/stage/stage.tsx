import { WaveIcon } from '../look/icons.tsx';
import { SchemeSwitch } from '../look/scheme-switch.tsx';
import classes from './stage.module.css';
import { Travel } from './travel.tsx';
import { usePanes } from './use-panes.ts';

function PaneFrame({ name, linked }: { readonly name: string; readonly linked: boolean }) {
  return (
    <div className={classes.phone} data-linked={linked}>
      <iframe className={classes.frame} src={`device.html?name=${name}`} title={`${name} pane`} name={name} />
    </div>
  );
}

/** Two clients side by side, and what travels between them. */
export function Stage() {
  const { unlinked, travels } = usePanes();
  return (
    <div className={classes.stage}>
      <header className={classes.head}>
        <span className={classes.mark}>
          <WaveIcon size={26} />
        </span>
        <div className={classes.words}>
          <h1>Tidemark</h1>
          <p>Two clients, the same tasks. Cut one off, edit in both, join them again: nothing is lost.</p>
        </div>
        <SchemeSwitch />
      </header>
      <main className={classes.panes}>
        <PaneFrame name="left" linked={!unlinked.has('left')} />
        <Travel travels={travels} unlinked={unlinked} />
        <PaneFrame name="right" linked={!unlinked.has('right')} />
      </main>
    </div>
  );
}
