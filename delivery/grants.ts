import { canonical, placeOf, type Resource, type Template, type Templates, text } from './templates.ts';

/** One thing that is allowed: one action on one resource, of one principal where it is a policy of a resource. */
export interface Grant {
  stack: string;
  who: string;
  action: string;
  resource: string;
  /** Of a policy of a resource, or of who may take a role. */
  principal?: string;
  /** Under which it holds; empty where always. */
  condition: string;
}

interface Statement {
  Effect?: string;
  Action?: unknown;
  Resource?: unknown;
  Principal?: unknown;
  Condition?: unknown;
  NotAction?: unknown;
  NotResource?: unknown;
  NotPrincipal?: unknown;
}

/** Policies of resources, by the property that holds them, and what they are of. */
const OF_RESOURCES: Readonly<Record<string, readonly [document: string, of: string | undefined]>> = {
  'AWS::SQS::QueuePolicy': ['PolicyDocument', 'Queues'],
  'AWS::SNS::TopicPolicy': ['PolicyDocument', 'Topics'],
  'AWS::S3::BucketPolicy': ['PolicyDocument', 'Bucket'],
  'AWS::SecretsManager::ResourcePolicy': ['ResourcePolicy', 'SecretId'],
  'AWS::KMS::Key': ['KeyPolicy', undefined],
  'AWS::DynamoDB::Table': ['ResourcePolicy', undefined],
  'AWS::Events::EventBus': ['Policy', undefined],
};

type Effect = 'Allow' | 'Deny';

/** All that templates allow, or deny, each thing by itself. */
export function grantsOf(templates: Templates, effect: Effect = 'Allow'): Grant[] {
  return Object.entries(templates).flatMap(([stack, template]) =>
    Object.entries(template.Resources ?? {}).flatMap(([id, resource]) =>
      grantsIn(template, id, resource, effect).map((grant) => ({ stack, ...grant })),
    ),
  );
}

type Found = Omit<Grant, 'stack'>;

function grantsIn(template: Template, id: string, resource: Resource, effect: Effect): Found[] {
  const { Properties = {}, Type } = resource;
  const place = placeOf(id, resource);
  switch (Type) {
    case 'AWS::IAM::Policy':
    case 'AWS::IAM::ManagedPolicy':
      return holders(template, place, Properties).flatMap((who) =>
        statements(Properties.PolicyDocument).flatMap((it) => eachOf(who, it, effect)),
      );
    case 'AWS::IAM::Role':
      return ofRole(place, Properties, effect);
    case 'AWS::Lambda::Permission': {
      if (effect === 'Deny') return [];
      const { Action, Principal, SourceArn, SourceAccount, FunctionName } = Properties;
      const condition = canonical({ SourceArn: known(SourceArn), SourceAccount: known(SourceAccount) });
      const who = `function ${ofLogical(template, FunctionName)}`;
      return [
        {
          who,
          action: text(Action),
          resource: 'itself',
          principal: text(Principal),
          condition: bare(condition),
        },
      ];
    }
    default: {
      const [document, of] = OF_RESOURCES[Type] ?? [];
      if (document === undefined || Properties[document] === undefined) return [];
      const about =
        of === undefined
          ? place
          : list(Properties[of])
              .map((it) => ofLogical(template, it))
              .join(', ');
      return statements(Properties[document]).flatMap((it) => eachOf(about, it, effect));
    }
  }
}

function ofRole(place: string, properties: Record<string, unknown>, effect: Effect): Found[] {
  const who = `role ${place}`;
  const documents = ((properties.Policies as { PolicyDocument?: unknown }[] | undefined) ?? []).map(
    ({ PolicyDocument }) => PolicyDocument,
  );
  const own = documents.flatMap((it) => statements(it)).flatMap((it) => eachOf(who, it, effect));
  const taken = statements(properties.AssumeRolePolicyDocument).flatMap((it) =>
    eachOf(who, { ...it, Resource: 'itself' }, effect),
  );
  if (effect === 'Deny') return [...own, ...taken];
  const whole = list(properties.ManagedPolicyArns).map((arn) => `all of the policy ${text(arn)}`);
  const { PermissionsBoundary: boundary } = properties;
  const bound = boundary === undefined ? UNBOUND : `within the boundary ${text(boundary)}`;
  return [
    ...own,
    ...taken,
    ...[...whole, bound].map((action) => ({ who, action, resource: '*', condition: '' })),
  ];
}

/** Of a role: it may what its policies say, and a boundary may be less. */
const UNBOUND = 'without a boundary';

/** Each action on each resource of each principal. */
function eachOf(who: string, statement: Statement, effect: Effect): Found[] {
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

/** Whose a policy is: its roles, or itself where that is elsewhere. */
function holders(template: Template, place: string, properties: Record<string, unknown>): string[] {
  const roles = list(properties.Roles);
  return roles.length > 0 ? roles.map((role) => `role ${ofLogical(template, role)}`) : [`policy ${place}`];
}

function ofLogical(template: Template, value: unknown): string {
  const { Ref, 'Fn::GetAtt': attribute } = (typeof value === 'object' && value ? value : {}) as Record<
    string,
    unknown
  >;
  const id = typeof Ref === 'string' ? Ref : Array.isArray(attribute) ? String(attribute[0]) : undefined;
  return id === undefined ? text(value) : placeOf(id, template.Resources?.[id]);
}

function statements(document: unknown): Statement[] {
  const { Statement, PolicyDocument } = (document ?? {}) as { Statement?: unknown; PolicyDocument?: unknown };
  // That of a table is one level below.
  return PolicyDocument === undefined ? (list(Statement) as Statement[]) : statements(PolicyDocument);
}

const list = (value: unknown): unknown[] =>
  value === undefined ? [] : Array.isArray(value) ? value : [value];
const known = (value: unknown) => (value === undefined ? undefined : text(value));
const bare = (condition: string) => (condition === '{}' ? '' : condition);

/** Whether whoever has `wide` has `narrow` too. */
export function covers(wide: Grant, narrow: Grant): boolean {
  if (wide.action === UNBOUND) return /^within the boundary |^without a boundary$/.test(narrow.action);
  return (
    matches(wide.action.toLowerCase(), narrow.action.toLowerCase()) &&
    matches(wide.resource, narrow.resource) &&
    (wide.principal === narrow.principal || wide.principal === '*' || wide.principal === 'AWS *') &&
    (wide.condition === '' || wide.condition === narrow.condition)
  );
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
