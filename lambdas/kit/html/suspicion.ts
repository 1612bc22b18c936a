/**
 * Patterns of text that talks to a model instead of to a person. A hit decides nothing about the item; it only takes away the
 * right to act without a person. Patterns are few and literal: what they miss, the gate's limits still hold. They reach over line
 * ends, because mail programs break lines.
 */
const PATTERNS: Readonly<Record<string, RegExp>> = {
  'overrides-instructions':
    /\b(?:ignore|disregard|forget|override|bypass)\b.{0,40}\b(?:instructions?|prompts?|rules?|polic(?:y|ies)|guidelines)\b/is,
  'assigns-role':
    /\b(?:you are now|act as|pretend to be|from now on,? you)\b.{0,60}\b(?:assistant|ai|model|system|admin|agent|bot)\b/is,
  'asks-for-prompt': /\b(?:system prompt|your (?:initial |hidden )?(?:instructions|prompt))\b/i,
  'imitates-structure':
    /<\/?(?:system|assistant|instructions?|tool_call)>|\[\/?INST\]|<\|im_(?:start|end)\|>|^#{2,} ?system/im,
  'dictates-answer':
    /\b(?:respond|reply|answer|output|return)\b.{0,30}\b(?:only|exactly|with json)\b|"(?:decision|verdict|action|label)"\s*:/is,
  'claims-authority':
    /\b(?:pre-?approved|already approved|no (?:human|manual) (?:review|approval)|skip (?:the )?(?:review|approval))\b/i,
};

export function suspicionsIn(text: string): string[] {
  return Object.entries(PATTERNS).flatMap(([name, pattern]) => (pattern.test(text) ? [name] : []));
}
