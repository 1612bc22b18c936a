import type { Finding, Step } from '../../tables/drift/drift.ts';

/** What is likely to help, and how it is done. */
export function stepFor(finding: Finding): Step {
  if ('percent' in finding) return finding.measure === 'cost' ? 'models' : 'stage';
  if (finding.slice || finding.measure === 'door') return 'slice';
  switch (finding.measure) {
    case 'confidence':
    case 'override':
      return 'recalibrate';
    case 'fallback':
    case 'cache':
      return 'models';
    default:
      return 'retrain';
  }
}

/** @param automation by its name, which is safe in a command */
export function stepWords(step: Step, automation: string): string {
  switch (step) {
    case 'recalibrate':
      return `Recalibrate: signalbox calibrate ${automation} <step>`;
    case 'retrain':
      return `Retrain: take the last decisions as cases (signalbox cases ${automation}) and try the prompt on them`;
    case 'slice':
      return 'Look at the slice: who or what sends otherwise than before';
    case 'models':
      return 'Look at the models: signalbox breakers, and the lineage of a few items';
    case 'stage':
      return 'Look at the stage: which neighbour, queue or people it waits for';
  }
}
