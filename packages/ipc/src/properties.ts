/** org.freedesktop.DBus.Properties over bound interfaces, as sd-bus answers it. */
import { DBusError, errorNames } from "./errors.ts";
import type { CallContext, Interface, PropertyDeclaration } from "./interface.ts";
import type { Signal } from "./server-connection.ts";
import { type Value, Variant } from "./values.ts";

/** An object as found: what its handlers work on, and its interfaces. */
export interface FoundObject {
  readonly target: unknown;
  // biome-ignore lint/suspicious/noExplicitAny: interfaces of different targets stand side by side
  readonly interfaces: readonly Interface<any>[];
}

type Maybe<T> = T | Promise<T>;
type Pair = [string, Variant];

/** The interfaces meant by a name: that one, or all for the empty name (systemctl asks GetAll("")). */
function select(object: FoundObject, name: string): readonly Interface<unknown>[] {
  if (name === "") return object.interfaces;
  return object.interfaces.filter((each) => each.declaration.name === name);
}

function find(object: FoundObject, interfaceName: string, name: string): [Interface<unknown>, PropertyDeclaration] {
  for (const each of select(object, interfaceName)) {
    const declared = own(each.declaration.properties, name);
    if (declared !== undefined) return [each, declared];
  }
  throw new DBusError(errorNames.unknownProperty, `Unknown property or interface.`);
}

function own<T>(table: { readonly [name: string]: T } | undefined, name: string): T | undefined {
  return table !== undefined && Object.hasOwn(table, name) ? table[name] : undefined;
}

export async function getProperty(
  object: FoundObject,
  interfaceName: string,
  name: string,
  context: CallContext,
): Promise<Variant> {
  const [bound, declared] = find(object, interfaceName, name);
  const value = await readOne(bound, name, object, context);
  if (value === undefined) throw new DBusError(errorNames.unknownProperty, `Unknown property or interface.`);
  return new Variant(declared.signature, value);
}

function readOne(
  bound: Interface<unknown>,
  name: string,
  object: FoundObject,
  context: CallContext,
): Maybe<Value | undefined> {
  const getter = own(bound.get, name);
  if (getter !== undefined) return getter(object.target, context);
  if (bound.one !== undefined) return bound.one(object.target, name, context);
  for (const listed of bound.list?.(object.target, context) ?? []) if (listed.name === name) return listed.value;
  return undefined;
}

export function getAllProperties(object: FoundObject, interfaceName: string, context: CallContext): Maybe<Pair[]> {
  const selected = select(object, interfaceName);
  if (selected.length === 0) throw new DBusError(errorNames.unknownInterface, `Unknown interface ${interfaceName}.`);
  const pairs: Pair[] = [];
  const pending: Promise<void>[] = [];
  for (const bound of selected) collect(bound, object, context, pairs, pending);
  if (pending.length === 0) return pairs;
  return Promise.all(pending).then(() => pairs.filter((pair) => pair[1] !== undefined));
}

/** Appends an interface's values in the order of its declaration; a promised one keeps its place. */
function collect(
  bound: Interface<unknown>,
  object: FoundObject,
  context: CallContext,
  pairs: Pair[],
  pending: Promise<void>[],
): void {
  const { declaration, get, list } = bound;
  const listed = new Map<string, Value>();
  for (const each of list?.(object.target, context) ?? []) listed.set(each.name, each.value);
  for (const name in declaration.properties) {
    const declared = declaration.properties[name]!;
    if (declared.hidden) continue;
    const getter = own(get, name);
    const value = getter === undefined ? listed.get(name) : getter(object.target, context);
    if (value instanceof Promise) {
      const pair = [name, undefined] as unknown as Pair;
      pairs.push(pair);
      pending.push(
        value.then((late) => {
          if (late !== undefined) pair[1] = new Variant(declared.signature, late);
        }),
      );
    } else if (value !== undefined) {
      pairs.push([name, new Variant(declared.signature, value)]);
    }
  }
}

export async function setProperty(
  object: FoundObject,
  [interfaceName, name, value]: readonly Value[],
  context: CallContext,
): Promise<void> {
  const [bound, declared] = find(object, String(interfaceName), String(name));
  const setter = own(bound.set, String(name));
  if (!declared.writable || setter === undefined) {
    throw new DBusError(errorNames.propertyReadOnly, `Property '${String(name)}' is not writable.`);
  }
  if (!(value instanceof Variant) || value.signature !== declared.signature) {
    throw new DBusError(errorNames.invalidArgs, `Property '${String(name)}' has type ${declared.signature}.`);
  }
  await setter(object.target, value.value, context);
}

/** The PropertiesChanged signal of an object: new values, and names of those that changed without saying to what. */
export function propertiesChanged(
  path: string,
  interfaceName: string,
  changed: readonly (readonly [name: string, value: Variant])[],
  invalidated: readonly string[] = [],
): Signal {
  const body: Value[] = [interfaceName, changed as readonly Value[], invalidated];
  return {
    path,
    interface: "org.freedesktop.DBus.Properties",
    member: "PropertiesChanged",
    signature: "sa{sv}as",
    body,
  };
}
