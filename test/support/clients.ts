import { world } from './world.ts';

/* Stands where `lambdas/kit/aws.ts` does: real commands go in, the world in memory answers. */

interface Command {
  constructor: { name: string };
  input: Record<string, unknown>;
}

function client(answer: (command: string, input: Record<string, unknown>) => Promise<unknown>) {
  const send = (command: Command) => answer(command.constructor.name, command.input);
  return () => ({ send });
}

export const dynamo = client((command, input) => world.dynamo(command, input));
export const sqs = client((command, input) => world.sqs(command, input));
export const sfn = client((command, input) => world.sfn(command, input));
export const ses = client((command, input) => world.ses(command, input));
export const sesOnce = ses;
export const events = client((command, input) => world.bus(command, input));
export const secretsManager = client((command, input) => world.secret(command, input));
export function logAwsCall(): void {}
