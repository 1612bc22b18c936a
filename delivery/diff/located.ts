import { EDGE_REGION } from '../../lambdas/contract/names.ts';
import { canonical, type Template, type Templates } from './templates.ts';

export interface Place {
  account: string;
  region: string;
}

/**
 * Templates as they are in their place: account, region and partition are filled in, mappings looked up, conditions decided, and texts
 * joined. A resource whose condition does not hold is not there. What was synthesised without a place is then the same as what names it.
 *
 * What only CloudFormation can know, such as a parameter, stays, with all that it depends on written out where it is used: two templates
 * that differ in it differ there.
 */
export function located(templates: Templates, place: Place): Templates {
  return Object.fromEntries(
    Object.entries(templates).map(([stack, template]) => {
      const region = /^Signalbox-[a-z0-9]+-platform-edge$/.test(stack) ? EDGE_REGION : place.region;
      return [stack, inPlace(stack, template, { ...place, region })];
    }),
  );
}

type Fields = Record<string, unknown>;

function inPlace(stack: string, template: Template, { account, region }: Place): Template {
  const { Parameters = {}, Mappings = {}, Conditions = {} } = template;
  const values: Readonly<Record<string, string>> = {
    'AWS::AccountId': account,
    'AWS::Region': region,
    'AWS::StackName': stack,
    ...partitionOf(region),
  };
  /** A parameter keeps its value from one deployment to the next: what it is by default is no more than a hint. */
  const parameter = (name: string) => `${name}, by default ${canonical(Parameters[name]?.Default)}`;
  const decided = new Map<string, unknown>();
  const condition = (name: string): unknown => {
    if (!(name in Conditions)) return { Condition: name };
    if (!decided.has(name)) {
      // One that asks for itself is none.
      decided.set(name, { Condition: name });
      decided.set(name, fill(Conditions[name]));
    }
    return decided.get(name);
  };

  const fill = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(fill).filter((part) => part !== NOTHING);
    if (typeof value !== 'object' || value === null) return value;
    const [[name, part] = ['', undefined], ...others] = Object.entries(value);
    const known = others.length === 0 ? FUNCTIONS[name] : undefined;
    if (known) return known(part);
    return Object.fromEntries(
      Object.entries(value)
        .map(([key, one]) => [key, fill(one)] as const)
        .filter(([, one]) => one !== NOTHING),
    );
  };

  const FUNCTIONS: Record<string, (part: unknown) => unknown> = {
    Ref: (name) => {
      if (name === 'AWS::NoValue') return NOTHING;
      if (typeof name !== 'string') return { Ref: name };
      return values[name] ?? { Ref: name in Parameters ? parameter(name) : name };
    },
    Condition: (name) => (typeof name === 'string' ? condition(name) : { Condition: fill(name) }),
    'Fn::If': (part) => {
      if (!Array.isArray(part)) return { 'Fn::If': fill(part) };
      const [name, yes, no] = part as [string, unknown, unknown];
      const holds = condition(name);
      if (typeof holds === 'boolean') return fill(holds ? yes : no);
      const either = [yes, no].map(fill).map((one) => (one === NOTHING ? { Ref: 'AWS::NoValue' } : one));
      return { 'Fn::If': [holds, ...either] };
    },
    'Fn::Equals': (part) => {
      const [one, other] = fill(part) as unknown[];
      if (canonical(one) === canonical(other)) return true;
      return isPlain(one) && isPlain(other) ? false : { 'Fn::Equals': [one, other] };
    },
    'Fn::Not': (part) => {
      const [one] = fill(part) as unknown[];
      return typeof one === 'boolean' ? !one : { 'Fn::Not': [one] };
    },
    'Fn::And': (part) => all('Fn::And', fill(part) as unknown[], false),
    'Fn::Or': (part) => all('Fn::Or', fill(part) as unknown[], true),
    'Fn::FindInMap': (part) => {
      const [map, first, second] = fill(part) as unknown[];
      const whole = typeof map === 'string' ? Mappings[map] : undefined;
      const found = (whole as Record<string, Fields> | undefined)?.[String(first)]?.[String(second)];
      if (isPlain(first) && isPlain(second) && found !== undefined) return found;
      return { 'Fn::FindInMap': [whole ?? map, first, second] };
    },
    'Fn::Join': (part) => {
      const [by, parts] = fill(part) as [string, unknown];
      return Array.isArray(parts) ? joined(by, parts) : { 'Fn::Join': [by, parts] };
    },
    'Fn::Sub': (part) => substituted(part),
    'Fn::Select': (part) => {
      const [at, from] = fill(part) as [unknown, unknown];
      const chosen = Array.isArray(from) ? from[Number(at)] : undefined;
      return chosen ?? { 'Fn::Select': [at, from] };
    },
    'Fn::Split': (part) => {
      const [by, text] = fill(part) as [string, unknown];
      return typeof text === 'string' ? text.split(by) : { 'Fn::Split': [by, text] };
    },
  };

  function substituted(part: unknown): unknown {
    const [text, given = {}] = (Array.isArray(part) ? part : [part]) as [unknown, Fields?];
    if (typeof text !== 'string') return { 'Fn::Sub': fill(part) };
    const pieces = text.split(/(\$\{[^}]+\})/).map((piece) => {
      const name = /^\$\{([^}]+)\}$/.exec(piece)?.[1];
      if (name === undefined) return piece;
      // `${!Literal}` is written as it is.
      if (name.startsWith('!')) return `\${${name.slice(1)}}`;
      if (name in given) return fill(given[name]);
      const [id, ...attribute] = name.split('.');
      return attribute.length > 0 ? { 'Fn::GetAtt': [id, attribute.join('.')] } : fill({ Ref: name });
    });
    return joined('', pieces);
  }

  /** What is there, and of what cannot be known the condition itself. */
  const there = <T extends { Condition?: unknown }>(entries: Record<string, T>): Record<string, T> =>
    Object.fromEntries(
      Object.entries(entries).flatMap(([id, { Condition: name, ...rest }]): [string, T][] => {
        const holds = typeof name === 'string' ? condition(name) : true;
        if (holds === false) return [];
        const filled = fill(rest) as T;
        return [[id, holds === true ? filled : { ...filled, Condition: holds }]];
      }),
    );

  const { Resources, Outputs, ...others } = template;
  const { Mappings: _, Conditions: __, ...kept } = others;
  return {
    ...kept,
    ...(Resources ? { Resources: there(Resources) } : {}),
    ...(Outputs ? { Outputs: there(Outputs) } : {}),
  };
}

/** `AWS::NoValue`: the property is left out. */
const NOTHING = Symbol('nothing');

const isPlain = (value: unknown) => ['string', 'number', 'boolean'].includes(typeof value);

/** `decides` is the one value that is enough. */
function all(name: string, parts: readonly unknown[], decides: boolean): unknown {
  if (parts.includes(decides)) return decides;
  const open = parts.filter((part) => typeof part !== 'boolean');
  return open.length === 0 ? !decides : { [name]: open };
}

function partitionOf(region: string): Record<string, string> {
  const [partition, suffix] = region.startsWith('cn-')
    ? ['aws-cn', 'amazonaws.com.cn']
    : [region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws', 'amazonaws.com'];
  return { 'AWS::Partition': partition, 'AWS::URLSuffix': suffix };
}

/** Texts that stand side by side become one; a text within a text is part of it. */
function joined(by: string, parts: readonly unknown[]): unknown {
  const out: unknown[] = [];
  for (const part of parts) {
    const last = out.at(-1);
    const own = isPlain(part) ? String(part) : part;
    if (typeof own === 'string' && typeof last === 'string') out[out.length - 1] = `${last}${by}${own}`;
    else out.push(own);
  }
  if (out.length === 0) return '';
  const all = by === '' ? out.filter((part) => part !== '') : out;
  return all.length === 1 ? all[0] : { 'Fn::Join': [by, all] };
}
