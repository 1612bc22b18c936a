import { describe, expect, it } from 'vitest';
import { processSeconds } from '../../lambdas/models/process-time.ts';

const PROMPTS = { route: 'route.v1', diagnose: 'diagnose.v1' };
const [chat, vectors] = [{ kind: 'chat' as const }, { kind: 'embeddings' as const }];
const openai = { timeoutSeconds: 45, models: [chat] };

describe('the time a processor has', () => {
  it('is enough for the longest step to wait for its turn and to ask twice: the others may go on later', () => {
    expect(processSeconds({ prompts: PROMPTS }, [openai])).toBe(20 + 2 * 45 + 20);
    const steps = { diagnose: { confidence: 'agreement' as const } };
    expect(processSeconds({ prompts: PROMPTS, steps }, [openai])).toBe(3 * (20 + 2 * 45) + 20);
  });

  it('is enough to fall back on every endpoint', () => {
    const house = { timeoutSeconds: 10, models: [chat] };
    expect(processSeconds({ prompts: { route: 'route.v1' } }, [openai, house])).toBe(
      20 + 2 * 45 + 20 + 2 * 10 + 20,
    );
  });

  it('is enough to fall back on every model of an endpoint', () => {
    const both = { ...openai, models: [chat, chat] };
    expect(processSeconds({ prompts: { route: 'route.v1' } }, [both])).toBe(2 * (20 + 2 * 45) + 20);
  });

  it('is for models of one kind: a step that asks for vectors asks for nothing else', () => {
    const able = { ...openai, models: [chat, vectors] };
    expect(processSeconds({ prompts: PROMPTS }, [able])).toBe(20 + 2 * 45 + 20);
    const slow = { timeoutSeconds: 100, models: [vectors] };
    expect(processSeconds({ prompts: PROMPTS }, [openai, slow])).toBe(20 + 2 * 100 + 20);
  });

  it('is enough to ask three times for an agreement', () => {
    const steps = { route: { confidence: 'agreement' as const } };
    expect(processSeconds({ prompts: { route: 'route.v1' }, steps }, [openai])).toBe(3 * (20 + 2 * 45) + 20);
  });

  it('is no more than a function may run, and short where no model is asked', () => {
    expect(processSeconds({ prompts: PROMPTS }, Array(9).fill(openai))).toBe(900);
    expect(processSeconds({ prompts: {} }, [openai])).toBe(20);
  });
});
