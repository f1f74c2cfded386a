import { z } from 'zod';
import type { Side } from '../access/caller.ts';
import { isPublic } from '../access/permissions.ts';
import type { Route } from './route.ts';
import { problemAnswer } from './schemas.ts';

type Json = Record<string, unknown>;

/** OpenAPI 3.1, whose schemas are JSON Schema 2020-12: made from the schemas that validate. */
export function describeApi(routes: readonly Route[], side: Side): Json {
  const components: Json = {};
  const paths: Record<string, Json> = {};
  for (const route of routes) {
    const path = paths[route.path] ?? {};
    path[route.method.toLowerCase()] = describeRoute(route, side, components);
    paths[route.path] = path;
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Live View gateway',
      version: '1',
      description: `What the ${side} side offers. Errors are problems (RFC 9457) with a stable \`code\`.`,
    },
    paths,
    components: {
      schemas: components,
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer' },
        session: { type: 'apiKey', in: 'cookie', name: `liveview-${side}` },
      },
    },
  };
}

function describeRoute(route: Route, side: Side, components: Json): Json {
  const problem = schemaOf(problemAnswer, 'output', components);
  return {
    summary: route.summary,
    operationId: operationId(route),
    security: isPublic(route.action, side) ? [] : [{ bearer: [] }, { session: [] }],
    parameters: [
      ...parameters('path', route.params, components),
      ...parameters('query', route.query, components),
    ],
    ...requestBody(route, components),
    responses: {
      [route.answer.status]: describeAnswer(route, components),
      default: {
        description: 'A problem.',
        content: { 'application/problem+json': { schema: problem } },
      },
    },
  };
}

function requestBody({ body, upload, form }: Route, components: Json): Json {
  const type = form ? 'application/x-www-form-urlencoded' : 'application/json';
  if (body) return { requestBody: content(type, body, components) };
  if (!upload) return {};
  const { properties, required = [], ...rest } = schemaOf(upload, 'input', components);
  const file = { type: 'string', format: 'binary' };
  const schema = {
    ...rest,
    properties: { ...(properties as Json), file },
    required: [...(required as string[]), 'file'],
  };
  return { requestBody: { required: true, content: { 'multipart/form-data': { schema } } } };
}

/** `POST /v1/incidents/{id}/close` → `postIncidentsIdClose`. */
function operationId({ method, path }: Route): string {
  const words = path.replace(/^\/v1/, '').match(/[A-Za-z0-9]+/g) ?? [];
  const name = words.map((word) => word.slice(0, 1).toUpperCase() + word.slice(1)).join('');
  return method.toLowerCase() + name;
}

function describeAnswer({ answer }: Route, components: Json): Json {
  const description = answer.status === 201 ? 'Created.' : 'Done.';
  if (answer.schema) {
    const schema = schemaOf(answer.schema, 'output', components);
    return { description, content: { 'application/json': { schema } } };
  }
  return answer.contentType
    ? { description, content: { [answer.contentType]: {} } }
    : { description };
}

function content(type: string, schema: z.ZodType, components: Json): Json {
  return { required: true, content: { [type]: { schema: schemaOf(schema, 'input', components) } } };
}

function parameters(where: 'path' | 'query', schema: z.ZodType, components: Json): Json[] {
  const { properties, required } = schemaOf(schema, 'input', components);
  const needed = Array.isArray(required) ? required : [];
  return Object.entries(properties ?? {}).map(([name, described]) => ({
    name,
    in: where,
    required: needed.includes(name),
    schema: described,
  }));
}

/** Named schemas go to the components, once. */
function schemaOf(schema: z.ZodType, io: 'input' | 'output', components: Json): Json {
  const { $schema: _, $defs, ...rest } = z.toJSONSchema(schema, { io });
  const moved = JSON.parse(
    JSON.stringify({ rest, $defs }).replaceAll('"#/$defs/', '"#/components/schemas/'),
  ) as { rest: Json; $defs?: Json };
  Object.assign(components, moved.$defs);
  return moved.rest;
}
