export async function handler(item: { id: string; text: string }) {
  const response = await fetch(`${process.env.MODEL_URL}/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: 'Bearer bench' },
    body: JSON.stringify({
      model: 'signalbox-sandbox',
      messages: [
        { role: 'system', content: 'Sort the message: delivery, payment or other. Answer as {"label": …}.' },
        { role: 'user', content: JSON.stringify({ text: item.text }) },
      ],
    }),
  });
  if (!response.ok) throw new Error(`the model answered ${response.status}`);
  const { choices } = (await response.json()) as { choices: { message: { content: string } }[] };
  console.log(`classified ${item.id}`);
  return { ...item, label: choices[0]?.message.content };
}
