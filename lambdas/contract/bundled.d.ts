/*
 * Modules that the bundler makes. Most exist in bundles only: `lib/parts/bundled.ts` says what each holds and which function carries
 * it. Data goes into a module and not into a variable, because it grows and Lambda allows 4 KB of variables
 * in all.
 */

/** An automation's declaration: one entry file serves all, and no function carries another's code. */
declare module '@bundled/automation' {
  export const automation: import('./automation.ts').Automation;
}

/** Its thinking. */
declare module '@bundled/implementation' {
  export const implementation: import('./automation.ts').Implementation<
    unknown,
    import('./item/proposal.ts').Proposed
  >;
}

/** The indexes of its collections that lie in its folder. */
declare module '@bundled/knowledge' {
  export const knowledge: import('./steps/knowledge.ts').FolderIndexes;
}

/** Every version of its prompts that lies in its folder, by name: `route.v2`. */
declare module '@bundled/prompts' {
  export const prompts: Readonly<Record<string, string>>;
}

/** Data of every automation, code of none. */
declare module '@bundled/registry' {
  export const registry: readonly import('./registry.ts').RegistryEntry[];
}

/** Less than that, for pages that open with it. */
declare module '@bundled/outlines' {
  export const outlines: readonly import('./registry.ts').Outline[];
}

/** All declarations, without prompts and thinking: an approver's edits are put before their gates. */
declare module '@bundled/declarations' {
  export const automations: readonly import('./automation.ts').Automation[];
}

/** Likewise, one by one: for those who rarely need one. */
declare module '@bundled/declared' {
  export const declarationOf: import('./automation.ts').DeclarationOf;
}

/** People and times of the configuration. */
declare module '@bundled/settings' {
  export const settings: import('./approval-settings.ts').ApprovalSettings;
}

/** The model endpoints, with the names of their secrets. */
declare module '@bundled/endpoints' {
  export const endpoints: readonly import('./endpoint.ts').Endpoint[];
}

/** Whatever has a breaker, in the order of the configuration. */
declare module '@bundled/neighbours' {
  export const neighbours: readonly import('./neighbour.ts').NeighbourName[];
}

/* The bundler and the test runner hand a Markdown file over as its text. */
declare module '*.md' {
  const text: string;
  export default text;
}
