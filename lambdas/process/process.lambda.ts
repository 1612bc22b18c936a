import { automation } from '@bundled/automation';
import { endpoints } from '@bundled/endpoints';
import { implementation } from '@bundled/implementation';
import { knowledge } from '@bundled/knowledge';
import { prompts } from '@bundled/prompts';
import { Collections, processRecord, readEnv, sqsHandler } from './parts/start.ts';

const env = readEnv('process/process');
const sources = JSON.parse(env.SOURCES);
const { open } = new Collections(knowledge, env.KNOWLEDGE_BUCKET);

export const handler = sqsHandler(
  (record, delivery) =>
    processRecord(record, {
      env,
      automation,
      implementation,
      endpoints,
      sources,
      prompts,
      open,
      ...delivery,
    }),
  { queueUrl: [env.WORK_QUEUE_URL, env.URGENT_QUEUE_URL], limitSeconds: Number(env.LIMIT_SECONDS) },
);
