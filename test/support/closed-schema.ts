/** A JSON schema of an object that has these properties and no other. */
export function closed(properties: Readonly<Record<string, unknown>>, optional: readonly string[] = []) {
  const required = Object.keys(properties).filter((name) => !optional.includes(name));
  return { type: 'object', properties, required, additionalProperties: false };
}

export const listOf = (items: object, minItems = 1) => ({ type: 'array', items, minItems });
