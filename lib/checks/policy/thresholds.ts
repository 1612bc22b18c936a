import type { Automation } from '../../../lambdas/contract/automation.ts';

/** What is wrong with the thresholds of an automation. */
export function faultsInThresholds({ thresholds = {} }: Pick<Automation, 'thresholds'>): string[] {
  return Object.entries(thresholds).flatMap(([name, { value, least, most, says }]) => {
    const wrong: [boolean, string][] = [
      [
        !/^[a-z][A-Za-z0-9]{0,39}$/.test(name),
        'must be a name of letters and digits: it is typed on the command line',
      ],
      [name === 'since', "must not be 'since', which says of which time in the console"],
      [![value, least, most].every(Number.isFinite), "must have the numbers 'value', 'least' and 'most'"],
      [least > value || value > most, `is ${value}, which is not from ${least} to ${most}`],
      [says.trim() === '', "must say in 'says' what it is, with its unit"],
    ];
    return wrong.flatMap(([is, fault]) => (is ? [`'thresholds.${name}' ${fault}`] : []));
  });
}
