import './no-eval.ts';
import { show } from '../look/look.tsx';
import { Boot } from './boot.tsx';

const name = new URLSearchParams(window.location.search).get('name') ?? 'alone';
show(<Boot name={name} />);
