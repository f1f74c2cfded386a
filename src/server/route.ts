import type { FastifyReply, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import type { Caller, Side } from '../access/caller.ts';
import type { Action } from '../access/permissions.ts';
import { identified } from './guard.ts';
import { InvalidInputError } from './problem.ts';
import { nothing } from './schemas.ts';
import type { Named, Sight } from './sight.ts';

export const BOTH: readonly Side[] = ['centre', 'police'];
export const CENTRE_ONLY: readonly Side[] = ['centre'];
export const POLICE_ONLY: readonly Side[] = ['police'];

/** What a route answers when all goes well. */
export interface Answer {
  readonly status: 101 | 200 | 201 | 204 | 303;
  /** JSON of this shape; absent when there is no body or another kind of content. */
  readonly schema?: z.ZodType;
  readonly contentType?: string;
}

/** What came in, validated. */
export interface Input<P, Q, B> {
  readonly params: P;
  readonly query: Q;
  readonly body: B;
}

/** One request, its input validated. */
export interface Call<P, Q, B> extends Input<P, Q, B> {
  /** On a route with `details`: whether the caller may be told them. */
  readonly detailed: boolean;
  /** Who asks. @throws LiveViewError `unauthenticated` on a public route that nobody identified on. */
  readonly caller: Caller;
  /** What the caller sees. @throws LiveViewError as `caller`. */
  readonly sight: Sight;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}

interface RouteSpec<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType> {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** With parameters in braces: `/v1/incidents/{id}`. */
  readonly path: string;
  readonly action: Action;
  /** Where everybody may ask: what a caller must be allowed to do to be told more. */
  readonly details?: Action;
  readonly sides: readonly Side[];
  readonly summary: string;
  readonly params?: P;
  readonly query?: Q;
  readonly body?: B;
  /** Of a route that takes a file as `multipart/form-data`: its other fields. The handler reads it. */
  readonly upload?: z.ZodType;
  /** The body is `application/x-www-form-urlencoded`. */
  readonly form?: boolean;
  /** It ends what others have, and nothing else: nobody waits for that. */
  readonly takesAway?: boolean;
  readonly answer: Answer;
  /** What the input names; who is limited to sites gets no further with what it does not see. */
  names?(input: Input<z.output<P>, z.output<Q>, z.output<B>>): Named;
  handle(call: Call<z.output<P>, z.output<Q>, z.output<B>>): unknown;
}

/** A route as the listener and the description of the API see it. */
export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly action: Action;
  readonly details: Action | undefined;
  readonly sides: readonly Side[];
  readonly summary: string;
  readonly params: z.ZodType;
  readonly query: z.ZodType;
  readonly body: z.ZodType | undefined;
  readonly upload: z.ZodType | undefined;
  readonly form: boolean;
  readonly takesAway: boolean;
  readonly answer: Answer;
  /** Whether it says what its input names, as each route does whose input names something. */
  readonly hasNames: boolean;
  run(request: FastifyRequest, reply: FastifyReply, who: Identified | undefined): Promise<unknown>;
}

/** Who was identified; on a route with `details`, only one who may be told them. */
export interface Identified {
  readonly caller: Caller;
  readonly sight: Sight;
}

type Nothing = typeof nothing;

/** A route whose handler sees only input that its schemas let through. */
export function route<
  P extends z.ZodType = Nothing,
  Q extends z.ZodType = Nothing,
  B extends z.ZodType = z.ZodUndefined,
>(spec: RouteSpec<P, Q, B>): Route {
  const { method, path, action, details, sides, summary, answer } = spec;
  const params = spec.params ?? nothing;
  const query = spec.query ?? nothing;
  return {
    ...{ method, path, action, details, sides, summary, answer, params, query },
    ...{ body: spec.body, upload: spec.upload, form: spec.form ?? false },
    takesAway: spec.takesAway ?? false,
    hasNames: spec.names !== undefined,
    async run(request, reply, who) {
      const input = {
        params: parse('path', params, request.params) as z.output<P>,
        query: parse('query', query, request.query) as z.output<Q>,
        body: (spec.body && parse('body', spec.body, request.body ?? {})) as z.output<B>,
      };
      if (spec.names) who?.sight.check(spec.names(input));
      return spec.handle({
        ...input,
        detailed: details !== undefined && who !== undefined,
        get caller() {
          return identified(who).caller;
        },
        get sight() {
          return identified(who).sight;
        },
        request,
        reply,
      });
    },
  };
}

/** @throws InvalidInputError that names the first field that is wrong. */
export function parse<T extends z.ZodType>(where: string, schema: T, input: unknown): z.output<T> {
  const result = schema.safeParse(input);
  if (!result.success) throw new InvalidInputError(where, result.error);
  return result.data;
}
