import { isJsonObject, type JsonObject } from '../json.ts';
import { faultText, ok, type Result, refuse } from '../result.ts';
import type { AppDefinition, CollectionDefinition } from './definition.ts';

/**
 * Brings fields that were written at schemaVersion `fromVersion` to the app's own, one version after the other.
 * Refused with UPCAST_FAILED where an up-caster throws or answers no object, SCHEMA_AHEAD where the fields are newer than the app.
 */
export const upcastFields = (
  app: AppDefinition,
  collection: CollectionDefinition,
  fields: JsonObject,
  fromVersion: number,
): Result<JsonObject> => {
  if (fromVersion > app.schemaVersion) {
    return refuse('SCHEMA_AHEAD', `schemaVersion ${fromVersion} > ${app.schemaVersion}`, { schemaVersion: app.schemaVersion });
  }
  let current = fields;
  for (let version = fromVersion; version < app.schemaVersion; version += 1) {
    try {
      current = collection.upcasts[version]?.(current) ?? current;
      if (!isJsonObject(current)) throw new Error('it answered no object');
    } catch (fault) {
      const what = `${collection.name} cannot be brought from schemaVersion ${version} to ${version + 1}`;
      return refuse('UPCAST_FAILED', `${what}: ${faultText(fault)}`, { collection: collection.name, fromVersion: version });
    }
  }
  return ok(current);
};
