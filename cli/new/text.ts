/** The modules that a new automation imports. */
const MODULES = {
  automation: '../../lambdas/contract/automation.ts',
  envelope: '../../lambdas/contract/item/envelope.ts',
  knowledge: '../../lambdas/contract/steps/knowledge.ts',
  long: '../../lambdas/kit/long/ask.ts',
  lookup: '../../lambdas/contract/steps/lookup.ts',
  parameters: '../../lambdas/contract/parameters.ts',
  proposal: '../../lambdas/contract/item/proposal.ts',
  text: '../../lambdas/kit/text.ts',
  sandboxKnowledge: '../../local/sandbox/knowledge.ts',
  sandboxLabels: '../../local/sandbox/labels.ts',
  own: './automation.ts',
  ownLookups: './lookups.ts',
  checkPrompt: './prompts/check.v1.md',
  routePrompt: './prompts/route.v1.md',
};

/** A line that imports: where it stands in a template, it is no import of the template's own file. */
export function importing(what: string, module: keyof typeof MODULES): string {
  return `import ${what} from '${MODULES[module]}';`;
}

/** The same, of the prompt of a step. */
export function importingPrompt(step: string): string {
  const file = `./prompts/${step}.v1.md`;
  return `import ${step}V1 from ${quoted(file)};`;
}

/** A string of TypeScript source, in the quotes that the formatter would take. */
export function quoted(text: string): string {
  const [single, double] = [text.split("'").length, text.split('"').length];
  const mark = single > double ? '"' : "'";
  return mark + text.replaceAll('\\', '\\\\').replaceAll(mark, `\\${mark}`) + mark;
}

/** `order-question` as the name of a type. */
export function typeName(name: string): string {
  return name.replaceAll(/(?:^|-)([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

/** `book-demo` as the words of a sentence. */
export function sentenceCase(name: string): string {
  const words = name.replaceAll('-', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** A text about a label, which a person would give it by its words. */
export function textAbout(label: string): string {
  return `I have a question about this: ${label.toLowerCase()}. Can you help me?`;
}

export const AUTOMATIC_TEXT = 'Automatic reply: I am out of the office until Monday.';
export const OTHER_TEXT = 'Is your building open to visitors in August?';
