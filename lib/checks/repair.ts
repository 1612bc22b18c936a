import type { Automation } from '../../lambdas/contract/automation.ts';
import { registryEntry } from '../parts/registry.ts';

/** What is wrong with how an automation repairs bodies that do not fit. */
export function faultsInRepair(automation: Automation): string[] {
  const { repair, prompts, residency, privacy } = automation;
  if (!repair)
    return prompts.repair ? ["'prompts.repair' is never asked for: say 'repair: { model: true }'"] : [];
  const { renamed = {}, model = false, consequential = [] } = repair;
  const { schema } = registryEntry(automation);
  const strange = [...Object.keys(renamed), ...consequential].filter((pointer) => !hasField(schema, pointer));
  const wrong: [boolean, string][] = [
    ...strange.map((pointer): [boolean, string] => [
      true,
      `'${pointer}' is no field of the schema: name one by its JSON pointer, such as '/from'`,
    ]),
    [model && !prompts.repair, "'model' needs the prompt of the step 'repair': add it to 'prompts'"],
    [!model && prompts.repair !== undefined, "'prompts.repair' is never asked for: say 'model: true'"],
    [
      model && privacy !== undefined,
      "'model' cannot go with 'privacy': what came is read by a model before anything in it could be replaced",
    ],
    [
      model && residency !== undefined,
      "'model' cannot go with 'residency': where a body may be sent stands in the body, which is not there yet",
    ],
  ];
  return wrong.filter(([is]) => is).map(([, fault]) => `'repair': ${fault}`);
}

/** Whether a JSON Schema has a field at a pointer. */
function hasField(schema: object, pointer: string): boolean {
  let part: unknown = schema;
  const names = pointer.split('/');
  if (names.length < 2 || names[0] !== '') return false;
  for (const name of names.slice(1)) {
    const { properties } = part as { properties?: Record<string, unknown> };
    if (!properties || !Object.hasOwn(properties, name)) return false;
    part = properties[name];
  }
  return true;
}
