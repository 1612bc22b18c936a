import { expect, it } from 'vitest';
import type { DocumentPolicy } from '../../../lambdas/contract/document.ts';
import { faultsInDocuments } from '../../../lib/checks/documents.ts';
import { registryEntry } from '../../../lib/parts/registry.ts';
import { example } from '../../support/automations.ts';

const POLICY: DocumentPolicy = { types: ['pdf', 'csv'], mostBytes: 5_000_000, mostPages: 20 };

it('documents within bounds, and none at all, are no fault', () => {
  expect(
    [undefined, POLICY, { ...POLICY, most: 10, languages: ['eng'], confidence: 0 }].flatMap((documents) =>
      faultsInDocuments(documents ? { documents } : {}),
    ),
  ).toEqual([]);
});

it.each([
  ['types', { types: [] }],
  ['mostBytes', { mostBytes: 50_000_001 }],
  ['mostPages', { mostPages: 201 }],
  ['most', { most: 11 }],
  ['most', { most: 0 }],
  ['languages', { languages: ['English'] }],
  ['languages', { languages: ['eng', 'tlh'] }],
  ['confidence', { confidence: 60 }],
  ['vision.mostPages', { vision: { mostPages: 21 } }],
  ['vision.mostPages', { vision: { mostPages: -1 } }],
])('documents are refused at synth for %s: %j', (field, wrong) => {
  const faults = faultsInDocuments({ documents: { ...POLICY, ...wrong } as never });

  expect(faults).toEqual([expect.stringMatching(new RegExp(`^'documents': '${field}'`))]);
});

it('the registry tells what may be uploaded, and the schema names the references', () => {
  const entry = registryEntry({ ...example('refund-request'), documents: POLICY });

  expect(entry.documents).toEqual({
    ...{ types: ['pdf', 'csv'], contentTypes: ['application/pdf', 'text/csv', 'application/octet-stream'] },
    ...{ mostBytes: 5_000_000, mostPages: 20, most: 5, languages: ['eng'] },
  });
  expect(entry.schema).toMatchObject({ properties: { text: {}, documents: { type: 'array', maxItems: 5 } } });
  expect(registryEntry(example('refund-request')).schema).not.toHaveProperty('properties.documents');
});
