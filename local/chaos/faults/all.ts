import { AWS_FAULTS } from './aws.ts';
import { CHANGE_FAULTS } from './changes.ts';
import { DELIVERY_FAULTS } from './deliveries.ts';
import { ENGINE_FAULTS } from './engine.ts';
import type { Fault } from './fault.ts';
import { FUNCTION_FAULTS } from './functions.ts';
import { NEIGHBOUR_FAULTS } from './neighbours.ts';
import { PEOPLE_FAULTS } from './people.ts';

export const FAULTS: readonly Fault[] = [
  ...FUNCTION_FAULTS,
  ...DELIVERY_FAULTS,
  ...NEIGHBOUR_FAULTS,
  ...AWS_FAULTS,
  ...PEOPLE_FAULTS,
  ...ENGINE_FAULTS,
  ...CHANGE_FAULTS,
];

/** @throws Error that names the ones there are */
export function faultNamed(name: string): Fault {
  const found = FAULTS.find((fault) => fault.name === name);
  if (!found)
    throw new Error(
      `there is no fault '${name}'; there are: ${FAULTS.map((fault) => fault.name).join(', ')}`,
    );
  return found;
}
