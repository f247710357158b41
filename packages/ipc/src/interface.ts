/** What an interface has, as data; and what a program binds to it. */

import type { Message } from "./message.ts";
import type { Caller, Peer } from "./server-connection.ts";
import type { Value } from "./values.ts";

/** An argument of a method or signal: its name (may be empty) and one complete type. */
export type Argument = readonly [name: string, signature: string];

export interface MethodDeclaration {
  readonly in: readonly Argument[];
  readonly out: readonly Argument[];
  readonly deprecated?: boolean;
  readonly noReply?: boolean;
}

/** What a change of the property tells: its value, only that it changed, that it never does, or nothing. */
export type EmitsChange = "true" | "invalidates" | "const" | "false";

export interface PropertyDeclaration {
  readonly signature: string;
  readonly writable?: boolean;
  readonly emits?: EmitsChange;
  readonly deprecated?: boolean;
  /** Left out of introspection and GetAll by systemd (SD_BUS_VTABLE_HIDDEN). */
  readonly hidden?: boolean;
}

export interface SignalDeclaration {
  readonly args: readonly Argument[];
}

/** An interface as data: its members in the order in which introspection shows them. */
export interface InterfaceDeclaration {
  readonly name: string;
  readonly methods: { readonly [name: string]: MethodDeclaration };
  readonly properties: { readonly [name: string]: PropertyDeclaration };
  readonly signals: { readonly [name: string]: SignalDeclaration };
}

/** Who calls, and how. */
export interface CallContext {
  readonly peer: Peer;
  readonly connection: Caller;
  readonly message: Message;
}

/** The answer of a method: nothing for no output, the value for one, an array of them for several. */
export type MethodResult = Value | undefined | Error;
type MaybePromise<T> = T | Promise<T>;
export type MethodHandler<Target> = (
  target: Target,
  args: Value[],
  context: CallContext,
  // biome-ignore lint/suspicious/noConfusingVoidType: a handler without output need not return
) => MaybePromise<MethodResult | void>;

/** One property's value with its signature, as a bulk source gives it. */
export interface PropertyValue {
  readonly name: string;
  readonly signature: string;
  readonly value: Value;
}

/**
 * An interface bound to code. A property is read by its own getter, else from `list`, which gives many at once;
 * what neither gives is not served (the property is left out of GetAll).
 */
export interface Interface<Target = unknown> {
  readonly declaration: InterfaceDeclaration;
  readonly methods?: { readonly [name: string]: MethodHandler<Target> };
  readonly get?: { readonly [name: string]: (target: Target, context: CallContext) => MaybePromise<Value | undefined> };
  readonly set?: {
    readonly [name: string]: (target: Target, value: Value, context: CallContext) => MaybePromise<void>;
  };
  readonly list?: (target: Target, context: CallContext) => Iterable<PropertyValue>;
  /** One value of `list`, where it is had much cheaper than all of them. */
  readonly one?: (target: Target, name: string, context: CallContext) => Value | undefined;
}

/** Members that are declared and have no code: for a test that says what a program leaves out. */
export function unservedMembers(bound: Interface<never>, listed: ReadonlySet<string> = new Set()): readonly string[] {
  const { declaration, methods = {}, get = {} } = bound;
  return [
    ...Object.keys(declaration.methods).filter((name) => !Object.hasOwn(methods, name)),
    ...Object.keys(declaration.properties).filter((name) => !Object.hasOwn(get, name) && !listed.has(name)),
  ];
}
