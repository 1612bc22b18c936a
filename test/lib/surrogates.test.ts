import { beforeAll, expect, it } from 'vitest';
import { automations } from '../support/automations.ts';
import { ofType, type Synthesised, synthesise } from '../support/synth.ts';

let prod: Synthesised;

beforeAll(async () => {
  prod = await synthesise('prod');
});

it('what trains a surrogate is there with its schedule where one is declared, and nowhere else', () => {
  const declared = automations
    .filter(({ steps = {} }) => Object.values(steps).some(({ surrogate }) => surrogate))
    .map(({ name }) => name);
  const trainers = ofType(prod, 'AWS::Lambda::Function').filter(({ id }) =>
    id.startsWith('operatesurrogates'),
  );
  const rules = ofType(prod, 'AWS::Events::Rule').filter(({ id }) => id.startsWith('surrogatesaretrained'));
  expect(trainers.map(({ stack }) => stack)).toEqual(declared);
  expect(rules.map(({ stack }) => stack)).toEqual(declared);
});
