/* Policies, wherever in a resource they stand and in whatever form. */

export interface Statement {
  Effect?: unknown;
  Action?: unknown;
  Resource?: unknown;
  Principal?: unknown;
  Condition?: unknown;
  NotAction?: unknown;
  NotResource?: unknown;
  NotPrincipal?: unknown;
}

export interface Document {
  /** The property of the resource that it stands in. */
  property: string;
  document: unknown;
}

/** Properties that hold a policy by their name: what stands there and is none that can be read is called out. */
const NAMED =
  /^(?:PolicyDocument|AssumeRolePolicyDocument|ResourcePolicy|KeyPolicy|FileSystemPolicy|AccessPolicies|AccessPolicy|RepositoryPolicyText)$/;

/** Every policy of a resource; a text of JSON counts as what it says. */
export function documentsIn(properties: Record<string, unknown>): Document[] {
  // Of an event bus: the policy is the resource itself.
  if ('Statement' in properties) return [{ property: '', document: properties }];
  return Object.entries(properties).flatMap(([property, value]) => within(property, value, property));
}

function within(property: string, value: unknown, name: string): Document[] {
  const found = parsed(value);
  if (Array.isArray(found)) return found.flatMap((one) => within(property, one, name));
  if (typeof found !== 'object' || found === null)
    return NAMED.test(name) && found !== undefined ? [{ property, document: found }] : [];
  if ('Statement' in found) return [{ property, document: found }];
  const inner = Object.entries(found).flatMap(([key, one]) => within(property, one, key));
  // A reference to a policy that is elsewhere, or one that is made when it is deployed.
  return inner.length === 0 && NAMED.test(name) && Object.keys(found).length > 0
    ? [{ property, document: found }]
    : inner;
}

function parsed(value: unknown): unknown {
  if (typeof value !== 'string' || !/^\s*\{/.test(value) || !value.includes('"Statement"')) return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}

export interface Read {
  statement: Statement;
  /** Under which condition of the template it stands there; empty where always. */
  when: string;
}

/** Its statements, each alone. What is none is told as one without an effect. */
export function statementsIn(document: unknown): Read[] {
  const { Statement } = (typeof document === 'object' && document ? document : {}) as { Statement?: unknown };
  return Statement === undefined ? [{ statement: unread(document), when: '' }] : each(Statement, '');
}

/** Both ways of a condition that cannot be decided here, each under its own. */
function each(value: unknown, when: string): Read[] {
  if (Array.isArray(value)) return value.flatMap((one) => each(one, when));
  if (typeof value !== 'object' || value === null) return [{ statement: unread(value), when }];
  const either = (value as Record<string, unknown>)['Fn::If'];
  if (Array.isArray(either)) {
    const [condition, yes, no] = either as unknown[];
    const name = JSON.stringify(condition);
    return [...each(yes, `there where ${name}`), ...each(no, `there unless ${name}`)];
  }
  if ((value as { Ref?: unknown }).Ref === 'AWS::NoValue') return [];
  return [{ statement: value as Statement, when }];
}

const unread = (value: unknown): Statement => ({ Effect: undefined, Action: value });
