import { SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';

const sfn = new SFNClient();

export async function handler({ Records }: { Records: { body: string }[] }) {
  await Promise.all(
    Records.map(({ body }) =>
      sfn.send(new StartExecutionCommand({ stateMachineArn: process.env.STATE_MACHINE, input: body })),
    ),
  );
  console.log(`started ${Records.length}`);
}
