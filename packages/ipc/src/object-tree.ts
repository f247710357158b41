/** Objects by path, and the answers to calls on them. */
import { DBusError, errorNames, ProtocolError } from "./errors.ts";
import type { CallContext, Interface, MethodDeclaration, MethodResult } from "./interface.ts";
import { introspectionXml } from "./introspect.ts";
import { type FoundObject, getAllProperties, getProperty, setProperty } from "./properties.ts";
import { type IncomingCall, toDBusError } from "./server-connection.ts";
import {
  introspectableInterface,
  peerInterface,
  propertiesInterface,
  standardInterfaces,
} from "./standard-interfaces.ts";
import type { Value } from "./values.ts";

/** Finds the object below a prefix: `rest` is the path's part after it. Undefined when there is none. */
export type Resolver = (
  rest: string,
  context: CallContext,
) => FoundObject | undefined | Promise<FoundObject | undefined>;

export interface ObjectTreeOptions {
  /** The answer to Peer.GetMachineId, 32 hex digits. */
  readonly machineId?: () => string;
  /** Told of what handlers throw that is no DBusError; the caller of the method gets Error.Failed. */
  readonly onError?: (error: unknown, call: IncomingCall) => void;
}

interface Prefix {
  readonly prefix: string;
  readonly resolve: Resolver;
  readonly children: () => readonly string[];
}

// biome-ignore lint/suspicious/noExplicitAny: interfaces of different targets stand side by side
type AnyInterface = Interface<any>;

export class ObjectTree {
  private readonly objects = new Map<string, FoundObject>();
  private readonly prefixes: Prefix[] = [];
  private readonly options: ObjectTreeOptions;

  constructor(options: ObjectTreeOptions = {}) {
    this.options = options;
  }

  /** Puts an object at a path. */
  add(path: string, target: unknown, interfaces: readonly AnyInterface[]): void {
    this.objects.set(path, { target, interfaces });
  }

  /** Serves all paths below a prefix; `children` gives their names to introspection. */
  addPrefix(prefix: string, resolve: Resolver, children: () => readonly string[] = () => []): void {
    this.prefixes.push({ prefix: `${prefix}/`, resolve, children });
  }

  /** Answers a call; to be given as a connection's onCall. Does not throw. */
  handle(call: IncomingCall): void {
    try {
      const done = this.dispatch(call);
      if (done instanceof Promise) done.catch((error: unknown) => this.failed(call, error));
    } catch (error) {
      this.failed(call, error);
    }
  }

  private failed(call: IncomingCall, error: unknown): void {
    if (!(error instanceof DBusError) && !(error instanceof ProtocolError)) this.options.onError?.(error, call);
    call.fail(toDBusError(error));
  }

  private dispatch(call: IncomingCall): void | Promise<void> {
    const { message, peer, connection } = call;
    if (message.interface === peerInterface.name) return this.answerPeer(call);
    const context: CallContext = { peer, connection, message };
    const object = this.find(message.path!, context);
    if (object instanceof Promise) return object.then((found) => this.invoke(call, found, context));
    return this.invoke(call, object, context);
  }

  private find(path: string, context: CallContext): FoundObject | undefined | Promise<FoundObject | undefined> {
    const exact = this.objects.get(path);
    if (exact !== undefined) return exact;
    const prefix = this.prefixes.find((each) => path.startsWith(each.prefix));
    return prefix?.resolve(path.slice(prefix.prefix.length), context);
  }

  private invoke(call: IncomingCall, object: FoundObject | undefined, context: CallContext): void | Promise<void> {
    const { message } = call;
    if (
      message.interface === introspectableInterface.name ||
      (message.interface === undefined && message.member === "Introspect")
    ) {
      return this.introspect(call, object);
    }
    if (object === undefined) throw new DBusError(errorNames.unknownObject, `Unknown object '${message.path}'.`);
    if (message.interface === propertiesInterface.name) return this.answerProperties(call, object, context);
    for (const bound of object.interfaces) {
      if (message.interface !== undefined && bound.declaration.name !== message.interface) continue;
      const declared = own(bound.declaration.methods, message.member!);
      const handler = own(bound.methods, message.member!);
      if (declared === undefined || handler === undefined) continue;
      const values = argumentsOf(call, declared.in.map(([, signature]) => signature).join(""));
      const result = handler(object.target, values, context);
      if (result instanceof Promise) return result.then((value) => respond(call, declared, value));
      return respond(call, declared, result);
    }
    throw unknownMethod(call);
  }

  private answerPeer(call: IncomingCall): void {
    const { member } = call.message;
    if (member === "Ping") {
      call.reply("", []);
      return;
    }
    const id = member === "GetMachineId" ? this.options.machineId?.() : undefined;
    if (id === undefined) throw unknownMethod(call);
    call.reply("s", [id]);
  }

  private answerProperties(call: IncomingCall, object: FoundObject, context: CallContext): void | Promise<void> {
    const declared = own(propertiesInterface.methods, call.message.member!);
    if (declared === undefined) throw unknownMethod(call);
    const values = argumentsOf(call, declared.in.map(([, signature]) => signature).join(""));
    const [interfaceName, name] = values as [string, string];
    switch (call.message.member) {
      case "Get":
        return getProperty(object, interfaceName, name, context).then((value) => call.reply("v", [value]));
      case "Set":
        return setProperty(object, values, context).then(() => call.reply("", []));
      default: {
        const all = getAllProperties(object, interfaceName, context);
        if (all instanceof Promise) return all.then((pairs) => call.reply("a{sv}", [pairs as Value]));
        return call.reply("a{sv}", [all as Value]);
      }
    }
  }

  private introspect(call: IncomingCall, object: FoundObject | undefined): void {
    const path = call.message.path!;
    const children = this.childrenOf(path);
    // The parent of objects that come and go is there also while there are none.
    const isPrefix = this.prefixes.some(({ prefix }) => prefix === `${path}/`);
    if (object === undefined && children.length === 0 && !isPrefix) {
      throw new DBusError(errorNames.unknownObject, `Unknown object '${path}'.`);
    }
    const declared = object?.interfaces.map((each) => each.declaration) ?? [];
    call.reply("s", [introspectionXml([...standardInterfaces, ...declared], children)]);
  }

  private childrenOf(path: string): string[] {
    const base = path === "/" ? "/" : `${path}/`;
    const names = new Set<string>();
    for (const known of this.objects.keys()) addChild(names, base, known);
    for (const { prefix, children } of this.prefixes) {
      addChild(names, base, prefix.slice(0, -1));
      if (prefix === base) for (const child of children()) names.add(child);
    }
    return [...names].sort();
  }
}

function addChild(names: Set<string>, base: string, path: string): void {
  if (path.startsWith(base) && path.length > base.length) names.add(path.slice(base.length).split("/", 1)[0]!);
}

function own<T>(table: { readonly [name: string]: T } | undefined, name: string): T | undefined {
  return table !== undefined && Object.hasOwn(table, name) ? table[name] : undefined;
}

function argumentsOf(call: IncomingCall, expected: string): Value[] {
  const { signature, member, interface: name = "" } = call.message;
  if (signature === expected) return call.message.body();
  throw new DBusError(
    errorNames.invalidArgs,
    `Invalid arguments '${signature}' to call ${name}.${member}(), expecting '${expected}'.`,
  );
}

// biome-ignore lint/suspicious/noConfusingVoidType: a handler without output need not return
function respond(call: IncomingCall, declared: MethodDeclaration, result: MethodResult | void): void {
  if (result instanceof Error) throw result;
  const signature = declared.out.map(([, type]) => type).join("");
  if (declared.out.length === 0) call.reply("", []);
  else call.reply(signature, declared.out.length === 1 ? [result as Value] : (result as Value[]));
}

function unknownMethod(call: IncomingCall): DBusError {
  const { member, interface: name = "" } = call.message;
  return new DBusError(errorNames.unknownMethod, `Unknown method ${member} or interface ${name}.`);
}
