import { ACTS_AS, EVERYBODY, type Found, list, UNBOUND } from './grant.ts';
import { canonical, type Resource, text } from './templates.ts';

/* What opens a resource, or gives it rights, and is no policy. Each is told as a grant, so that one that is new is a wider right. */

type Properties = Record<string, unknown>;
/** @param logical what a reference to a resource of the template stands for, for people */
type Look = (place: string, properties: Properties, logical: (value: unknown) => string) => Found[];

const one = (who: string, action: string, more: Partial<Found> = {}): Found => ({
  ...{ who, action, resource: 'itself', condition: '' },
  ...more,
});

/** The named properties, as a condition: what is more in it is narrower, and one that is another cannot be compared. */
function conditionOf(properties: Properties, names: readonly string[]): string {
  const given = names.filter((name) => properties[name] !== undefined);
  return given.length === 0
    ? ''
    : canonical(Object.fromEntries(given.map((name) => [name, text(properties[name])])));
}

const identity =
  (kind: string): Look =>
  (place, { ManagedPolicyArns, Groups, PermissionsBoundary: boundary }, logical) => {
    const bound = boundary === undefined ? UNBOUND : `within the boundary ${text(boundary)}`;
    return [
      ...list(ManagedPolicyArns).map((arn) => `all of the policy ${text(arn)}`),
      ...list(Groups).map((group) => `all of the group ${logical(group)}`),
      ...(kind === 'group' ? [] : [bound]),
    ].map((action) => one(`${kind} ${place}`, action, { resource: '*' }));
  };

/** Who may call a route or a method: `NONE` asks for nothing. */
const callable =
  (name: (properties: Properties) => string): Look =>
  (_, properties, logical) => {
    const { AuthorizationType = 'NONE', AuthorizerId, AuthorizationScopes } = properties;
    const open = AuthorizationType === 'NONE';
    const proof = AuthorizerId === undefined ? '' : ` ${logical(AuthorizerId)}`;
    const scopes = AuthorizationScopes === undefined ? '' : ` with ${canonical(AuthorizationScopes)}`;
    const principal = open ? EVERYBODY : `${text(AuthorizationType)}${proof}${scopes}`;
    return [one(name(properties), 'execute-api:Invoke', { principal })];
  };

/** What is compared as a whole: no part of it is known to be narrower than another. */
const whole =
  (words: string, ...names: string[]): Look =>
  (place, properties) => {
    const of = names.length === 0 ? properties : Object.fromEntries(names.map((it) => [it, properties[it]]));
    return [one(place, `${words} ${canonical(of)}`)];
  };

const BLOCKS = ['BlockPublicAcls', 'BlockPublicPolicy', 'IgnorePublicAcls', 'RestrictPublicBuckets'];

const bucket: Look = (place, properties) => {
  const blocked = (properties.PublicAccessBlockConfiguration ?? {}) as Properties;
  const { AccessControl = 'Private' } = properties;
  return [
    ...BLOCKS.filter((name) => String(blocked[name]) !== 'true').map((name) =>
      one(place, `public access ${blocked[name] === undefined ? 'may be' : 'is'} open: not ${name}`),
    ),
    ...(AccessControl === 'Private' ? [] : [one(place, `open by the list ${text(AccessControl)}`)]),
    ...['OwnershipControls', 'WebsiteConfiguration', 'ReplicationConfiguration', 'CorsConfiguration']
      .filter((name) => properties[name] !== undefined)
      .map((name) => one(place, `${name}: ${canonical(properties[name])}`)),
  ];
};

const permission: Look = (_, properties, logical) => [
  one(`function ${logical(properties.FunctionName)}`, text(properties.Action), {
    principal: text(properties.Principal),
    condition: conditionOf(properties, [
      ...['EventSourceToken', 'FunctionUrlAuthType', 'InvokedViaFunctionUrl', 'PrincipalOrgID'],
      ...['SourceAccount', 'SourceArn'],
    ]),
  }),
];

const url: Look = (_, { TargetFunctionArn, AuthType, Cors }, logical) => {
  const who = `function ${logical(TargetFunctionArn)}`;
  const principal = AuthType === 'AWS_IAM' ? 'whoever IAM lets' : EVERYBODY;
  return [
    one(who, 'lambda:InvokeFunctionUrl', { principal }),
    ...(Cors === undefined ? [] : [one(who, `pages of others may call it: ${canonical(Cors)}`)]),
  ];
};

/** The older form; the newer one is a policy. */
const busPolicy: Look = (place, properties) =>
  properties.Action === undefined
    ? []
    : [
        one(`policy ${place}`, text(properties.Action), {
          principal: text(properties.Principal),
          condition: conditionOf(properties, ['Condition']),
        }),
      ];

const httpApi: Look = (place, { DisableExecuteApiEndpoint: closed, CorsConfiguration: cors }) => [
  ...(String(closed) === 'true' ? [] : [one(place, 'reached by its address of AWS')]),
  ...(cors === undefined ? [] : [one(place, `pages of others may call it: ${canonical(cors)}`)]),
];

const distribution: Look = (place, { DistributionConfig }) =>
  (DistributionConfig as Properties | undefined)?.WebACLId === undefined
    ? [one(place, 'reached past the rules of WAF')]
    : [];

const LOOKS: Readonly<Record<string, Look>> = {
  'AWS::ApiGateway::Authorizer': whole('lets in by'),
  'AWS::ApiGateway::Method': callable(
    ({ HttpMethod, ResourceId }) => `method ${text(HttpMethod)} ${text(ResourceId)}`,
  ),
  'AWS::ApiGatewayV2::Api': httpApi,
  'AWS::ApiGatewayV2::Authorizer': whole('lets in by'),
  'AWS::ApiGatewayV2::Route': callable(({ RouteKey }) => `route ${text(RouteKey)}`),
  'AWS::CloudFormation::Stack': whole('cannot be read, and allows whatever is in'),
  'AWS::CloudFront::Distribution': distribution,
  'AWS::EC2::SecurityGroup': whole('takes traffic by', 'SecurityGroupIngress'),
  'AWS::EC2::SecurityGroupIngress': whole('takes traffic by'),
  'AWS::Events::EventBusPolicy': busPolicy,
  'AWS::IAM::AccessKey': whole('is a key of'),
  'AWS::IAM::Group': identity('group'),
  'AWS::IAM::OIDCProvider': whole('is believed'),
  'AWS::IAM::Role': identity('role'),
  'AWS::IAM::SAMLProvider': whole('is believed'),
  'AWS::IAM::User': identity('user'),
  'AWS::IAM::UserToGroupAddition': whole('puts into a group'),
  'AWS::Lambda::LayerVersionPermission': whole('lends a layer by'),
  'AWS::Lambda::Permission': permission,
  'AWS::Lambda::Url': url,
  'AWS::RAM::ResourceShare': whole('shares'),
  'AWS::S3::Bucket': bucket,
  'AWS::WAFv2::WebACL': whole('lets through by', 'DefaultAction', 'Rules'),
};

/** All of one resource. */
export function exposures(
  place: string,
  { Type, Properties = {} }: Resource,
  logical: (value: unknown) => string,
): Found[] {
  const acting = rolesIn(Properties).map((role) => {
    const made = typeof role === 'object' && role !== null && ('Ref' in role || 'Fn::GetAtt' in role);
    return one(place, made ? `${ACTS_AS}${logical(role)}` : `acts as a role from elsewhere: ${text(role)}`);
  });
  return [...(LOOKS[Type]?.(place, Properties, logical) ?? []), ...acting];
}

/** What it runs, calls or copies as, wherever that stands. */
function rolesIn(value: unknown): unknown[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, part]) =>
    /(?:^Role|RoleArn|RoleARN)$/.test(name) ? [part] : rolesIn(part),
  );
}
