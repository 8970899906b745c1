import * as z from 'zod';

/**
 * The schema as the generator of specs must see it. It asks of each member whether undefined will do, and writes those that may only
 * be left out (`exactOptional`) down as required; for JSON the two are the same. What holds no such member is answered as it is.
 */
export const describedSchema = <S extends z.ZodType>(schema: S): S | z.ZodType => {
  if (schema instanceof z.ZodExactOptional) return describedInner(schema.def.innerType).optional();
  if (schema instanceof z.ZodArray) {
    const element = describedInner(schema.def.element);
    return element === schema.def.element ? schema : schema.clone({ ...schema.def, element }, { parent: true });
  }
  return schema instanceof z.ZodObject ? describedObject(schema) : schema;
};

const describedInner = (schema: z.core.$ZodType): z.ZodType => {
  if (!(schema instanceof z.ZodType)) throw new Error('A schema of zod/mini cannot be described.');
  return describedSchema(schema);
};

/** The same for the object that query parameters make. */
export const describedObject = (schema: z.ZodObject): z.ZodObject => {
  const members = Object.entries(schema.shape).map(([name, member]) => [name, member, describedInner(member)] as const);
  if (members.every(([, member, described]) => member === described)) return schema;
  const shape = Object.fromEntries(members.map(([name, , described]) => [name, described]));
  return schema.clone({ ...schema.def, shape }, { parent: true });
};
