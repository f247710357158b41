/** set-property: assignments as in a unit file, made into properties and sent to the manager, which writes drop-ins. */
import { DBusError, type Value } from "@steward/ipc";
import { unitTypeOf } from "@steward/unit-file";
import { errorText } from "../bus/manager.ts";
import type { Context } from "../context.ts";
import { Failure } from "../failure.ts";
import { propertiesOf } from "../run/properties.ts";
import { mangleUnitName } from "../unit-name.ts";

export async function setProperty({ manager, options }: Context, args: readonly string[]): Promise<number> {
  const [given = "", ...assignments] = args;
  const unit = mangleUnitName(given);
  const properties = propertiesOf(unitTypeOf(unit) ?? "service", assignments);
  try {
    await manager.call("SetUnitProperties", "sba(sv)", [unit, options.runtime === true, properties as Value]);
  } catch (error) {
    if (!(error instanceof DBusError)) throw error;
    throw new Failure(`Failed to set unit properties on ${unit}: ${errorText(error)}`);
  }
  return 0;
}
