import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';

const tables = DynamoDBDocumentClient.from(new DynamoDBClient());

export async function handler(item: { id: string; label: string }) {
  const at = new Date().toISOString();
  await tables.send(new PutCommand({ TableName: process.env.TABLE, Item: { ...item, at } }));
  console.log(`recorded ${item.id}`);
}
