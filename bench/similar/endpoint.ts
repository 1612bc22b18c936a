/* Vectors of a real endpoint, where a key is set: `OPENAI_API_KEY`, `OPENAI_BASE_URL`. Paid, and kept nowhere. */

const MODEL = 'text-embedding-3-small';
const AT_A_TIME = 256;

export async function remoteVectors(texts: readonly string[]): Promise<number[][]> {
  const { OPENAI_API_KEY: key, OPENAI_BASE_URL: base = 'https://api.openai.com/v1' } = process.env;
  if (!key) throw new Error('--endpoint needs OPENAI_API_KEY');
  const found: number[][] = [];
  for (let from = 0; from < texts.length; from += AT_A_TIME) {
    const response = await fetch(`${base}/embeddings`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify({ model: MODEL, input: texts.slice(from, from + AT_A_TIME) }),
    });
    if (!response.ok) throw new Error(`the endpoint answered ${response.status}`);
    const { data } = (await response.json()) as { data: { index: number; embedding: number[] }[] };
    for (const { index, embedding } of data) found[from + index] = embedding;
  }
  return found;
}
