import { exposures } from './exposures.ts';
import { EVERYBODY, type Found, type Grant, list, UNBOUND } from './grant.ts';
import { documentsIn, type Statement, statementsIn } from './statements.ts';
import { canonical, placeOf, type Resource, type Template, type Templates, text } from './templates.ts';

/** Of policies that lie beside what they are of: the property that says of what. */
const OF: Readonly<Record<string, string>> = {
  'AWS::IAM::GroupPolicy': 'GroupName',
  'AWS::IAM::RolePolicy': 'RoleName',
  'AWS::IAM::UserPolicy': 'UserName',
  'AWS::SQS::QueuePolicy': 'Queues',
  'AWS::SQS::QueueInlinePolicy': 'Queue',
  'AWS::SNS::TopicPolicy': 'Topics',
  'AWS::SNS::TopicInlinePolicy': 'TopicArn',
  'AWS::S3::BucketPolicy': 'Bucket',
  'AWS::SecretsManager::ResourcePolicy': 'SecretId',
};

/** Who has a policy of IAM: a role, a user or a group. */
const HOLDERS = { Roles: 'role', Users: 'user', Groups: 'group' } as const;
const KINDS: Readonly<Record<string, string>> = {
  'AWS::IAM::Group': 'group',
  'AWS::IAM::GroupPolicy': 'group',
  'AWS::IAM::Role': 'role',
  'AWS::IAM::RolePolicy': 'role',
  'AWS::IAM::User': 'user',
  'AWS::IAM::UserPolicy': 'user',
};

export type Effect = 'Allow' | 'Deny';

/** All that templates allow, or deny, each thing by itself. */
export function grantsOf(templates: Templates, effect: Effect = 'Allow'): Grant[] {
  return Object.entries(templates).flatMap(([stack, template]) => [
    ...rewritten(stack, template, effect),
    ...Object.entries(template.Resources ?? {}).flatMap(([id, resource]) =>
      grantsIn(template, id, resource, effect).map((grant) => ({
        ...grant,
        stack,
        // What is there under a condition that cannot be decided is another thing than what is always there.
        condition: both(
          resource.Condition === undefined ? '' : `there where ${canonical(resource.Condition)}`,
          grant.condition,
        ),
      })),
    ),
  ]);
}

/** A template that CloudFormation writes anew may allow anything. */
function rewritten(stack: string, template: Template, effect: Effect): Grant[] {
  if (template.Transform === undefined || effect === 'Deny') return [];
  const action = `cannot be read, and allows whatever is made of ${canonical(template)}`;
  return [{ stack, who: 'the whole template', action, resource: '*', condition: '' }];
}

function grantsIn(template: Template, id: string, resource: Resource, effect: Effect): Found[] {
  const place = placeOf(id, resource);
  const logical = (value: unknown) => ofLogical(template, value);
  const other = effect === 'Allow' ? exposures(place, resource, logical) : [];
  return [...inDocuments(place, resource, logical, effect), ...other];
}

/** Every policy that stands in the resource, wherever: of a kind that is not known here too. */
function inDocuments(
  place: string,
  { Type, Properties = {} }: Resource,
  logical: (value: unknown) => string,
  effect: Effect,
): Found[] {
  // What is called a statement there is none of a policy.
  if (Type.startsWith('AWS::WAF')) return [];
  const whose = holders(Type, place, Properties, logical);
  return documentsIn(Properties).flatMap(({ document, property }) => {
    const trust = property === 'AssumeRolePolicyDocument';
    return whose.flatMap((who) =>
      statementsIn(document).flatMap(({ statement, when }) =>
        eachOf(who, trust ? { ...statement, Resource: 'itself' } : statement, effect).map((found) => ({
          ...found,
          condition: both(when, found.condition),
        })),
      ),
    );
  });
}

/** Whose a policy is: its roles, users and groups, what it lies beside, or the resource that it stands in. */
function holders(
  type: string,
  place: string,
  properties: Record<string, unknown>,
  logical: (value: unknown) => string,
): string[] {
  const kind = KINDS[type];
  const of = OF[type];
  if (of !== undefined) {
    const all = list(properties[of]).map(logical).join(', ');
    return [kind === undefined ? all : `${kind} ${all}`];
  }
  if (kind !== undefined) return [`${kind} ${place}`];
  if (type !== 'AWS::IAM::Policy' && type !== 'AWS::IAM::ManagedPolicy') return [place];
  const found = Object.entries(HOLDERS).flatMap(([property, name]) =>
    list(properties[property]).map((one) => `${name} ${logical(one)}`),
  );
  return found.length > 0 ? found : [`policy ${place}`];
}

/** Each action on each resource of each principal. */
function eachOf(who: string, statement: Statement, effect: Effect): Found[] {
  // One that cannot be read may allow anything.
  if (statement.Effect !== 'Allow' && statement.Effect !== 'Deny')
    return effect === 'Allow'
      ? [{ who, action: `what cannot be read: ${canonical(statement)}`, resource: '*', condition: '' }]
      : [];
  if (statement.Effect !== effect) return [];
  const { Action, Resource, Principal, Condition } = statement;
  const condition = Condition === undefined ? '' : canonical(Condition);
  const inverted = ['NotAction', 'NotResource', 'NotPrincipal'].filter((it) => it in statement);
  if (inverted.length > 0) return [{ who, action: canonical(statement), resource: '*', condition: '' }];
  const principals = Principal === undefined ? [undefined] : principalsOf(Principal);
  return list(Action).flatMap((action) =>
    list(Resource ?? '*').flatMap((resource) =>
      principals.map((principal) => ({
        ...{ who, action: text(action), resource: text(resource), condition },
        ...(principal === undefined ? {} : { principal }),
      })),
    ),
  );
}

function principalsOf(principal: unknown): string[] {
  if (typeof principal !== 'object' || principal === null) return [text(principal)];
  return Object.entries(principal).flatMap(([kind, all]) => list(all).map((one) => `${kind} ${text(one)}`));
}

function ofLogical(template: Template, value: unknown): string {
  const { Ref, 'Fn::GetAtt': attribute } = (typeof value === 'object' && value ? value : {}) as Record<
    string,
    unknown
  >;
  const id = typeof Ref === 'string' ? Ref : Array.isArray(attribute) ? String(attribute[0]) : undefined;
  return id === undefined ? text(value) : placeOf(id, template.Resources?.[id]);
}

const both = (one: string, other: string) => [one, other].filter((part) => part !== '').join(' and ');

/** Whether whoever has `wide` has `narrow` too. */
export function covers(wide: Grant, narrow: Grant): boolean {
  if (wide.action === UNBOUND) return /^within the boundary |^without a boundary$/.test(narrow.action);
  return (
    matches(wide.action.toLowerCase(), narrow.action.toLowerCase()) &&
    matches(wide.resource, narrow.resource) &&
    coversPrincipal(wide.principal, narrow.principal) &&
    (wide.condition === '' || wide.condition === narrow.condition)
  );
}

/** `*` and `AWS *` are everybody who has an identity of AWS, and nobody of another kind. */
function coversPrincipal(wide: string | undefined, narrow: string | undefined): boolean {
  if (wide === narrow || (wide === EVERYBODY && narrow !== undefined)) return true;
  const everybody = wide === '*' || wide === 'AWS *';
  return everybody && narrow !== undefined && /^(?:\*$|AWS )/.test(narrow);
}

/** IAM's own wildcards. A narrower pattern is a text for a wider one, but for its own wildcards. */
function matches(pattern: string, value: string): boolean {
  if (pattern === value || pattern === '*') return true;
  if (!/[*?]/.test(pattern)) return false;
  const parts = pattern
    .split(/([*?])/)
    .map((part) =>
      part === '*' ? '[^]*' : part === '?' ? '[^*]' : part.replaceAll(/[.+^${}()|[\]\\]/g, '\\$&'),
    );
  return new RegExp(`^${parts.join('')}$`).test(value);
}
