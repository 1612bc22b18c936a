import { findsNothing } from './leaving.ts';

findsNothing(false);
