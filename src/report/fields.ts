import type { Json, JsonObject } from '../journal/record.ts';

/**
 * What the data of an entry says. An entry may be of an older or newer version, or its content may have
 * been removed after its term: what is not there is undefined, and never a reason for no report.
 */
export function text(data: JsonObject, field: string): string | undefined {
  const value = data[field];
  return typeof value === 'string' ? value : undefined;
}

export function count(data: JsonObject, field: string): number | undefined {
  const value = data[field];
  return typeof value === 'number' ? value : undefined;
}

export function texts(data: JsonObject, field: string): readonly string[] {
  const value = data[field];
  if (!Array.isArray(value)) return [];
  return value.filter((each: Json): each is string => typeof each === 'string');
}

export function object(data: JsonObject, field: string): JsonObject {
  const value = data[field];
  return isObject(value) ? value : {};
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
