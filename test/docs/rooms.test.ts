import { expect, it } from 'vitest';
import { ROOMS, TOP } from '../support/law.ts';
import { read } from './fences.ts';

/* CONTRIBUTING.md says of each room what it holds and what it may import; the law is test/support/law.ts. */

const HEAD = '| room | holds | may import |\n|---|---|---|\n';

it('tells of every room what it may import, as the law does', () => {
  const table = read('CONTRIBUTING.md').split(HEAD)[1]?.split('\n\n')[0] ?? '';
  const told = table.split('\n').flatMap((row) => {
    const [rooms = '', , may] = row.replaceAll(/^\| | \|$/g, '').split(' | ');
    return [...rooms.matchAll(/`([^`]+)`/g)].map(([, room = '']) => [room, may]);
  });
  const law = Object.entries(TOP).concat(
    Object.entries(ROOMS).map(([room, may]) => [`lambdas/${room}`, may]),
  );
  expect(Object.fromEntries(told)).toEqual(
    Object.fromEntries(law.map(([room, may]) => [room, may.join(', ') || 'nothing'])),
  );
});
