import { readAssembly } from '../../local/assembly.ts';
import { assemblyDirectory } from '../../local/deploy.ts';
import { physicalIds } from '../../local/emulator.ts';
import { outputs } from './app.ts';
import { deployment } from './deployment.ts';
import { account } from './desk-clock.ts';
import { ACCOUNT_ID } from './iam.ts';
import { type AwsCall, withSecretArns } from './iam-calls.ts';

/* What each deployed function called, by its own debug lines, and what its role allows. */

export interface Fn {
  name: string;
  calls: AwsCall[];
  policies: object[];
  stateMachine: string;
}

interface FunctionProperties {
  Role: { 'Fn::GetAtt': [string, string] };
  LoggingConfig: { LogGroup: { Ref: string } };
  Environment: { Variables: { SERVICE: string } };
}

/** Every function of the application: the calls it logged, and the policies of its role. */
export async function functions(): Promise<Fn[]> {
  const logs = await account.logs();
  const stacks = await readAssembly(assemblyDirectory(deployment.stateDir));
  const found = stacks.map(async ({ name, resources }) => {
    const ids = await physicalIds(outputs.endpointUrl, name);
    const own = [...ids].find(([name, id]) => name.startsWith('item') && id.includes(':stateMachine:'))?.[1];
    // The desk answers the runs of every automation.
    const stateMachine =
      own ?? `arn:aws:states:us-east-1:${ACCOUNT_ID}:stateMachine:signalbox-local-refund-request`;
    const lambdas = Object.values(resources).filter(({ Type }) => Type === 'AWS::Lambda::Function');
    return Promise.all(
      lambdas.map(async ({ Properties }): Promise<Fn> => {
        const { Role, LoggingConfig, Environment } = Properties as unknown as FunctionProperties;
        const lines = logs[ids.get(LoggingConfig.LogGroup.Ref) ?? ''] ?? [];
        const policies = await account.rolePolicies(ids.get(Role['Fn::GetAtt'][0]) ?? '');
        return {
          name: `${name.replace('Signalbox-local-', '')} ${Environment.Variables.SERVICE}`,
          calls: lines.flatMap(awsCallIn),
          policies: policies.map(withSecretArns),
          stateMachine,
        };
      }),
    );
  });
  return (await Promise.all(found)).flat();
}

function awsCallIn(line: string): AwsCall[] {
  const start = line.indexOf('{');
  if (start < 0 || !line.includes('"awsCall"')) return [];
  return [(JSON.parse(line.slice(start)) as { awsCall: AwsCall }).awsCall];
}
