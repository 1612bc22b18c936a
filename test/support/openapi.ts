/** An operation of the description of the API. */
export interface Operation {
  operationId?: string;
  summary: string;
  security?: object[];
  parameters: {
    name: string;
    in: string;
    description?: string;
    required?: boolean;
    schema: Record<string, unknown>;
  }[];
  requestBody?: {
    content: Record<
      string,
      { schema: Record<string, unknown>; examples: Record<string, { value: unknown }> }
    >;
  };
  responses: Record<string, { description: string; content?: Record<string, { schema: object }> }>;
}
