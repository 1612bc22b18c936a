import type { Loss } from './loss.ts';
import { partOf, type Template, type Templates, text } from './templates.ts';

/*
 * Outputs that others use: by `Fn::GetStackOutput`, which is asked at each deploy, and by `Fn::ImportValue`, which CloudFormation holds
 * to the export for as long as the importing stack stands.
 */

/** What a template asks of others: `output Signalbox-prod-platform ApiId`, `export shared-vpc`. */
export function askedBy(template: Template): ReadonlySet<string> {
  const found = new Set<string>();
  const look = (value: unknown) => {
    if (typeof value !== 'object' || value === null) return;
    for (const [name, part] of Object.entries(value)) {
      if (name === 'Fn::ImportValue') found.add(`export ${text(part)}`);
      if (name === 'Fn::GetStackOutput') {
        const { StackName, OutputName } = part as { StackName?: unknown; OutputName?: unknown };
        found.add(`output ${text(StackName)} ${text(OutputName)}`);
      }
      look(part);
    }
  };
  look(template);
  return found;
}

/**
 * Outputs that go although somebody asks for them.
 * @param importers stacks beyond these that import an export, by its name, as CloudFormation lists them
 */
export function droppedInUse(
  before: Templates,
  after: Templates,
  importers: Readonly<Record<string, readonly string[]>> = {},
): Loss[] {
  return dropped(before, after).flatMap(({ stack, output, exported }) => {
    const users = [
      ...usersOf(`output ${stack} ${output}`, stack, { ...before, ...after }),
      // The one that exports is deployed first, while the others import as they were deployed.
      ...(exported === undefined ? [] : usersOf(`export ${exported}`, stack, before)),
      ...(exported === undefined ? [] : usersOf(`export ${exported}`, stack, after)),
      ...(exported === undefined ? [] : (importers[exported] ?? [])),
    ];
    if (users.length === 0) return [];
    const by = [...new Set(users)].sort().join(', ');
    return [
      {
        key: `${partOf(stack)}/output/${output}`,
        stack,
        says: `output ${output} of ${stack} would go, and is in use by ${by}`,
        todo: 'deploy first a change after which nobody uses it, and remove it in a later one',
      },
    ];
  });
}

/** Outputs that go, in use or not: people and programs may know them by name. */
export function dropped(
  before: Templates,
  after: Templates,
): { stack: string; output: string; exported?: string }[] {
  return Object.entries(before).flatMap(([stack, template]) => {
    const next = after[stack];
    if (!next) return [];
    return Object.entries(template.Outputs ?? {}).flatMap(([output, { Export }]) => {
      const now = next.Outputs?.[output];
      const exported = Export?.Name === undefined ? undefined : text(Export.Name);
      const renamed = exported !== undefined && text(now?.Export?.Name) !== exported;
      if (now && !renamed) return [];
      return [{ stack, output, ...(exported === undefined ? {} : { exported }) }];
    });
  });
}

function usersOf(what: string, own: string, templates: Templates): string[] {
  return Object.entries(templates)
    .filter(([stack, template]) => stack !== own && askedBy(template).has(what))
    .map(([stack]) => stack);
}
