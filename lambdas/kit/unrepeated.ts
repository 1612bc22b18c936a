import type { UpdateCommand } from '@aws-sdk/lib-dynamodb';

/** The write may have been made, and its answer lost. */
export class Unanswered extends Error {
  override readonly name = 'Unanswered';
}

/**
 * A write that the SDK does not send again when it heard nothing, or that something broke, because it may have been made: an
 * addition made twice is wrong. What DynamoDB refused, such as for too many writes at once, was not made and is sent again.
 */
export function unrepeated(command: UpdateCommand): UpdateCommand {
  const middleware =
    <Args, Output>(next: (args: Args) => Promise<Output>) =>
    async (args: Args): Promise<Output> => {
      try {
        return await next(args);
      } catch (error) {
        const status = (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode ?? 0;
        if (status >= 400 && status < 500) throw error;
        // Without the error as its cause: the SDK looks there, too, for something worth another try.
        throw new Unanswered('no answer to a write that must not be made twice');
      }
    };
  // Innermost of the request's own steps: inside the SDK's retries.
  command.middlewareStack.add(middleware as never, {
    step: 'finalizeRequest',
    priority: 'low',
    name: 'unrepeated',
    override: true,
  });
  return command;
}
