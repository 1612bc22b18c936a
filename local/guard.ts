import type { Stack } from './assembly.ts';
import { isFilledAnew } from './secrets.ts';

/** Resources that hold data: to delete and create one is to lose it. */
const STATEFUL = new Set([
  'AWS::SQS::Queue',
  'AWS::DynamoDB::Table',
  'AWS::DynamoDB::GlobalTable',
  'AWS::SecretsManager::Secret',
  'AWS::Cognito::UserPool',
  // A new API has a new id, and the links in mails already sent name the old one.
  'AWS::ApiGatewayV2::Api',
]);

export interface GuardInput {
  next: readonly Stack[];
  /** The stacks that are deployed now, with the templates they were deployed from. */
  current: readonly Stack[];
  /**
   * What the emulator takes; undefined when that cannot be asked, then only losses are looked for, in the
   * strictest way.
   */
  types: ReadonlyMap<string, { inPlace: boolean }> | undefined;
}

/**
 * Refuses a deployment that the emulator would break on: it fails a whole stack on a type it does not know,
 * and it deletes and creates what it cannot change in place, with all that is in it.
 * @throws Error that names every risk and the way out.
 */
export function guardDeployment(input: GuardInput): void {
  const unknown = unknownTypes(input.next, input.types);
  if (unknown.length > 0) {
    throw new Error(
      'the local engine does not know these resource types (leave them out in the local stage, see lib/):\n  ' +
        unknown.join('\n  '),
    );
  }
  const lost = losses(input.next, input.current, input.types);
  if (lost.length > 0) {
    throw new Error(
      'this deployment would lose local data (the local engine deletes and creates what it cannot change in place):\n  ' +
        `${lost.join('\n  ')}\nstart anew with: npm start -- --fresh`,
    );
  }
}

function unknownTypes(next: readonly Stack[], types: GuardInput['types']): string[] {
  if (!types) return [];
  return next.flatMap((stack) =>
    Object.entries(stack.resources)
      .filter(([, { Type }]) => !types.has(Type) && !/^(Custom|AWS::CloudFormation)::/.test(Type))
      .map(([id, { Type }]) => `${stack.name}/${id}: ${Type}`),
  );
}

function losses(next: readonly Stack[], current: readonly Stack[], types: GuardInput['types']): string[] {
  return current.flatMap((stack) => {
    const after = next.find(({ name }) => name === stack.name)?.resources;
    // A stack that is no longer part of the application stays as it is.
    if (!after) return [];
    return Object.entries(stack.resources).flatMap(([id, before]) => {
      if (!STATEFUL.has(before.Type) || isFilledAnew(before.Properties?.Name)) return [];
      const where = `${stack.name}/${id} (${before.Type})`;
      const now = after[id];
      if (!now) return [`${where} would be deleted`];
      const changed = changedProperties(before.Properties ?? {}, now.Properties ?? {});
      return changed.length === 0 || types?.get(now.Type)?.inPlace ? [] : [`${where}: ${changed.join(', ')}`];
    });
  });
}

function changedProperties(before: Record<string, unknown>, after: Record<string, unknown>): string[] {
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...names].filter((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name])).sort();
}
