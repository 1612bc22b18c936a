import { beforeAll, expect, it } from 'vitest';
import { automations } from '../support/automations.ts';
import {
  allowances,
  handlerName,
  ofType,
  property,
  references,
  referred,
  type Synthesised,
  synthesise,
} from '../support/synth.ts';

let prod: Synthesised;

beforeAll(async () => {
  prod = await synthesise('prod');
});

it('may go round by a message to its own queue where that is meant, and nowhere else: Lambda stops any other loop', () => {
  const sending = allowances(prod).filter(({ statement }) =>
    [statement.Action].flat().includes('sqs:SendMessage'),
  );
  const mappings = ofType(prod, 'AWS::Lambda::EventSourceMapping');
  const found = ofType(prod, 'AWS::Lambda::Function').map((fn) => {
    const mine = `${fn.stack}/${fn.id}`;
    const queues = mappings
      .filter((mapping) => referred(mapping, 'FunctionName').includes(mine))
      .flatMap((mapping) => referred(mapping, 'EventSourceArn'));
    const goesRound = sending.some(
      ({ stack, path, statement }) =>
        stack === fn.stack &&
        path.startsWith(`${fn.path.replace(/\/Resource$/, '')} ServiceRole`) &&
        references(statement.Resource).some((id) => queues.includes(`${stack}/${id}`)),
    );
    return { name: handlerName(fn), goesRound, allowed: property(fn, 'RecursiveLoop') === 'Allow' };
  });
  expect(found.filter(({ goesRound, allowed }) => goesRound !== allowed)).toEqual([]);
  // A poll that is not done goes on by a message, where an automation polls.
  const polls = automations.some(({ doors }) => doors?.schedules) ? ['intake/doors'] : [];
  expect(new Set(found.filter(({ allowed }) => allowed).map(({ name }) => name))).toEqual(
    new Set(['process/process', 'read/read', 'act/act', 'approve/ask', ...polls]),
  );
});
