import { vi } from 'vitest';
import { findsNothing } from './leaving.ts';

vi.mock('./state.ts', () => ({ state: { changed: false, mocked: true } }));

findsNothing(true);
