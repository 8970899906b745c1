import { show } from '../look/look.tsx';
import { Stage } from './stage.tsx';

show(<Stage />);
