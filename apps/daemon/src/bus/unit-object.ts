import { DBusError, type Interface, type InterfaceDeclaration, type MethodHandler, type Value } from "@steward/ipc";
import { unitTypeOf } from "@steward/unit-file";
import type { Manager } from "../manager.ts";
import { cleanUnit, freezeUnit } from "./care-methods.ts";
import { typeDeclarations } from "./declarations.ts";
import { notSupported } from "./errors.ts";
import { unitInterface as unitDeclaration } from "./interfaces/index.ts";
import { enqueue, type JobKind, jobKinds } from "./job-methods.ts";
import { jobPath } from "./paths.ts";
import { abandonScope, attachProcesses, refUnit, unrefUnit } from "./transient-methods.ts";
import { killUnit } from "./unit-methods.ts";

/** A unit as the target of one call: its properties are gathered once, however many interfaces show them. */
export class UnitTarget {
  readonly manager: Manager;
  readonly id: string;
  private gathered: ReturnType<Manager["properties"]> | undefined;

  constructor(manager: Manager, id: string) {
    this.manager = manager;
    this.id = id;
  }

  properties(): ReturnType<Manager["properties"]> {
    this.gathered ??= this.manager.properties(this.id);
    return this.gathered;
  }

  property(name: string): Value | undefined {
    return this.manager.property(this.id, name);
  }
}

function jobMethod(kind: JobKind): MethodHandler<UnitTarget> {
  return async ({ manager, id }, [mode]) => jobPath(await enqueue(manager, id, kind, mode as string));
}

/** org.freedesktop.systemd1.Unit. */
const unitInterface: Interface<UnitTarget> = {
  declaration: unitDeclaration,
  methods: {
    Start: jobMethod(jobKinds.start),
    Stop: jobMethod(jobKinds.stop),
    Reload: jobMethod(jobKinds.reload),
    Restart: jobMethod(jobKinds.restart),
    TryRestart: jobMethod(jobKinds["try-restart"]),
    ReloadOrRestart: jobMethod(jobKinds["reload-or-restart"]),
    ReloadOrTryRestart: jobMethod(jobKinds["reload-or-try-restart"]),
    Kill: ({ manager, id }, [whom, signal]) => killUnit(manager, id, whom as string, signal as number),
    ResetFailed: async ({ manager, id }) => {
      const result = await manager.request((request, now) => ({ kind: "resetFailed", now, request, unit: id }));
      if ("error" in result) throw new DBusError(result.error, result.message);
    },
    Ref: ({ manager, id }, _args, context) => refUnit(manager, id, context),
    Unref: ({ manager, id }, _args, context) => unrefUnit(manager, id, context),
    SetProperties: ({ manager, id }, [runtime, properties]) =>
      manager.setting.set(manager, id, runtime === true, properties as Value[]),
    Clean: ({ manager, id }, [what]) => cleanUnit(manager, id, what as string[]),
    Freeze: ({ manager, id }) => freezeUnit(manager, id, true),
    Thaw: ({ manager, id }) => freezeUnit(manager, id, false),
  },
  list: (target) => target.properties(),
  one: (target, name) => target.property(name),
};

/** The interface of a unit's type: its own properties, and the processes of those that have some. */
function typeInterface(declaration: InterfaceDeclaration): Interface<UnitTarget> {
  return {
    declaration,
    methods: {
      GetProcesses: ({ manager, id }) => manager.processes(id),
      AttachProcesses: ({ manager, id }, what, context) => attachProcesses(manager, id, what, context),
      BindMount: () => notSupported("BindMount"),
      MountImage: () => notSupported("MountImage"),
      Abandon: ({ manager, id }) => abandonScope(manager, id),
    },
    list: (target) => target.properties(),
    one: (target, name) => target.property(name),
  };
}

const byType = new Map<string, readonly Interface<UnitTarget>[]>();

/** The interfaces of a unit by its name's type. */
export function unitInterfaces(id: string): readonly Interface<UnitTarget>[] {
  const type = unitTypeOf(id) ?? "service";
  const known = byType.get(type);
  if (known !== undefined) return known;
  const declaration = typeDeclarations[type];
  const made = declaration === undefined ? [unitInterface] : [typeInterface(declaration), unitInterface];
  byType.set(type, made);
  return made;
}
