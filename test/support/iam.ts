import { runSimulation } from '@cloud-copilot/iam-simulate';

/* AWS's own rules for whether a role may make a call: the emulator lets every call pass. */

export const ACCOUNT_ID = '000000000000';

/**
 * Whether policies allow a call. `context` holds condition keys, such as `dynamodb:LeadingKeys`.
 * @throws Error for an unknown action
 */
export async function simulated(
  policies: readonly object[],
  action: string,
  resource: string,
  context: Record<string, string | string[]> = {},
): Promise<boolean> {
  const answer = await runSimulation(
    {
      request: {
        principal: `arn:aws:iam::${ACCOUNT_ID}:role/function`,
        action,
        resource: { resource, accountId: ACCOUNT_ID },
        contextVariables: context,
      },
      identityPolicies: policies.map((policy, index) => ({ name: `policy-${index}`, policy })),
      serviceControlPolicies: [],
      resourceControlPolicies: [],
    },
    {},
  );
  if (answer.resultType === 'error')
    throw new Error(`${action} on ${resource}: ${JSON.stringify(answer.errors)}`);
  return answer.overallResult === 'Allowed';
}
