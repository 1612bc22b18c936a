/* GitHub's expressions, as far as the workflows use them. */

export type Context = Readonly<Record<string, unknown>>;

const TOKEN = /\s*(?:('(?:[^']|'')*')|(==|!=|&&|\|\||!|\(|\))|([A-Za-z_][\w-]*(?:\.[A-Za-z_][\w-]*)*))/y;

/** @throws Error for anything beyond paths, texts, functions without arguments, `!`, `==`, `!=`, `&&` and `||` */
export function evaluate(expression: string, context: Context): unknown {
  const tokens = tokensOf(expression);
  let at = 0;
  const next = () => tokens[at++];
  const or = (): unknown => {
    let value = and();
    while (tokens[at] === '||') {
      at += 1;
      const other = and();
      value = value || other;
    }
    return value;
  };
  const and = (): unknown => {
    let value = equal();
    while (tokens[at] === '&&') {
      at += 1;
      const other = equal();
      value = value && other;
    }
    return value;
  };
  const equal = (): unknown => {
    const value = one();
    if (tokens[at] !== '==' && tokens[at] !== '!=') return value;
    const same = next() === '==';
    return (value === one()) === same;
  };
  const one = (): unknown => {
    const token = next();
    if (token === '!') return !one();
    if (token === '(') {
      const value = or();
      if (next() !== ')') throw new Error(`')' is missing in '${expression}'`);
      return value;
    }
    if (token?.startsWith("'")) return token.slice(1, -1).replaceAll("''", "'");
    if (token === undefined || !/^[A-Za-z_]/.test(token))
      throw new Error(`'${expression}' is not understood`);
    if (tokens[at] !== '(') return lookup(token, context);
    at += 2;
    const called = lookup(token, context);
    if (typeof called !== 'function') throw new Error(`no function '${token}' in '${expression}'`);
    return called();
  };
  const value = or();
  if (at < tokens.length) throw new Error(`'${expression}' is not understood`);
  return value;
}

function tokensOf(expression: string): string[] {
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < expression.trimEnd().length) {
    const found = TOKEN.exec(expression);
    if (!found) throw new Error(`'${expression}' is not understood`);
    tokens.push(found[1] ?? found[2] ?? found[3] ?? '');
  }
  return tokens;
}

function lookup(path: string, context: Context): unknown {
  return path
    .split('.')
    .reduce<unknown>((value, name) => (value as Record<string, unknown> | undefined)?.[name], context);
}

/** A text with `${{ … }}` in it; an expression alone keeps its type. */
export function filled(text: string, context: Context): unknown {
  const alone = /^\$\{\{([^}]+)\}\}$/.exec(text.trim());
  if (alone) return evaluate(alone[1] ?? '', context);
  return text.replaceAll(/\$\{\{([^}]+)\}\}/g, (_, expression: string) =>
    String(evaluate(expression, context) ?? ''),
  );
}

/** The condition of a job or a step: where no function of the outcome is named, all before must have gone well. */
export function holds(condition: string | undefined, context: Context): boolean {
  const text =
    condition === undefined ? 'success()' : condition.replace(/^\$\{\{([\s\S]+)\}\}$/, '$1').trim();
  const asks = /\b(?:success|failure|cancelled|always)\(\)/.test(text);
  return Boolean(evaluate(asks ? text : `success() && (${text})`, context));
}
