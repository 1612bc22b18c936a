import type { Templates } from './templates.ts';

export interface Place {
  account: string;
  region: string;
}

/**
 * Templates as they are in their place: account, region and partition are filled in, and texts joined. What was synthesised without a
 * place is then the same as what names it.
 */
export function located(templates: Templates, { account, region }: Place): Templates {
  const values: Readonly<Record<string, string>> = {
    'AWS::AccountId': account,
    'AWS::Region': region,
    'AWS::Partition': region.startsWith('cn-')
      ? 'aws-cn'
      : region.startsWith('us-gov-')
        ? 'aws-us-gov'
        : 'aws',
  };
  const fill = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(fill);
    if (typeof value !== 'object' || value === null) return value;
    const { Ref, 'Fn::Join': join } = value as { Ref?: unknown; 'Fn::Join'?: [string, unknown] };
    if (typeof Ref === 'string' && values[Ref] !== undefined) return values[Ref];
    if (Array.isArray(join) && Array.isArray(join[1])) return joined(join[0], join[1].map(fill));
    return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, fill(part)]));
  };
  return fill(templates) as Templates;
}

/** Texts that stand side by side become one. */
function joined(by: string, parts: readonly unknown[]): unknown {
  const out: unknown[] = [];
  for (const part of parts) {
    const last = out.at(-1);
    if (typeof part === 'string' && typeof last === 'string') out[out.length - 1] = `${last}${by}${part}`;
    else out.push(part);
  }
  return out.length === 1 && typeof out[0] === 'string' ? out[0] : { 'Fn::Join': [by, out] };
}
