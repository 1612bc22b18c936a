import type { Automation } from '../../lambdas/contract/automation.ts';
import {
  DOCUMENT_BOUNDS,
  DOCUMENT_TYPES,
  LEAST_CONFIDENCE,
  SEEN_BOUND,
} from '../../lambdas/contract/document.ts';
import { installedLanguages } from '../parts/reader-bundle.ts';

const NAME = /^[a-z]{3}(?:_[a-z]+)?$/;

/** What is wrong with the documents that an automation takes. */
export function faultsInDocuments({ documents }: Pick<Automation, 'documents'>): string[] {
  if (!documents) return [];
  const { types, languages = ['eng'], confidence = LEAST_CONFIDENCE } = documents;
  const { mostPages = 0 } = documents.vision ?? {};
  const wrong: [boolean, string][] = [
    [types.length === 0, `'types' must be some of ${DOCUMENT_TYPES.join(', ')}`],
    ...(['most', 'mostBytes', 'mostPages'] as const).map((field): [boolean, string] => [
      !isUpTo(documents[field] ?? 1, DOCUMENT_BOUNDS[field]),
      `'${field}' must be a whole number from 1 to ${DOCUMENT_BOUNDS[field]}`,
    ]),
    [
      languages.length === 0 || languages.some((name) => !NAME.test(name)),
      "'languages' must be names of OCR data, such as 'eng' or 'deu'",
    ],
    ...languages
      .filter((name) => NAME.test(name) && !installedLanguages().includes(name))
      .map((name): [boolean, string] => [
        true,
        `'languages' names '${name}', whose data is not installed: npm install --save-exact @tesseract.js-data/${name}`,
      ]),
    [!(confidence >= 0 && confidence <= 1), "'confidence' must be a number from 0 to 1"],
    [
      !(mostPages === 0 || isUpTo(mostPages, SEEN_BOUND)),
      `'vision.mostPages' must be a whole number from 0 to ${SEEN_BOUND}`,
    ],
  ];
  return wrong.filter(([is]) => is).map(([, fault]) => `'documents': ${fault}`);
}

function isUpTo(value: number, most: number): boolean {
  return Number.isInteger(value) && value >= 1 && value <= most;
}
