import { describe, expect, it } from 'vitest';
import { processSeconds } from '../../lambdas/models/process-time.ts';

const PROMPTS = { route: 'route.v1', diagnose: 'diagnose.v1' };
const openai = { timeoutSeconds: 45, models: ['small'] };

describe('the time a processor has', () => {
  it('is enough for the longest step to wait for its turn and to ask twice: the others may go on later', () => {
    expect(processSeconds({ prompts: PROMPTS }, [openai])).toBe(20 + 2 * 45 + 20);
    const steps = { diagnose: { confidence: 'agreement' as const } };
    expect(processSeconds({ prompts: PROMPTS, steps }, [openai])).toBe(3 * (20 + 2 * 45) + 20);
  });

  it('is enough to fall back on every endpoint', () => {
    const house = { timeoutSeconds: 10, models: ['own'] };
    expect(processSeconds({ prompts: { route: 'route.v1' } }, [openai, house])).toBe(
      20 + 2 * 45 + 20 + 2 * 10 + 20,
    );
  });

  it('is enough to fall back on every model of an endpoint', () => {
    const both = { ...openai, models: ['small', 'large'] };
    expect(processSeconds({ prompts: { route: 'route.v1' } }, [both])).toBe(2 * (20 + 2 * 45) + 20);
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
