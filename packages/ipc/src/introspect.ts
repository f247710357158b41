/** Introspection XML from declarations (D-Bus specification, "Introspection Data Format"). */
import type { Argument, InterfaceDeclaration, PropertyDeclaration } from "./interface.ts";

const DOCTYPE =
  '<!DOCTYPE node PUBLIC "-//freedesktop//DTD D-BUS Object Introspection 1.0//EN"\n' +
  '"https://www.freedesktop.org/standards/dbus/1.0/introspect.dtd">\n';
const EMITS = "org.freedesktop.DBus.Property.EmitsChangedSignal";

/** The XML of an object with these interfaces and these child nodes. */
export function introspectionXml(
  interfaces: readonly InterfaceDeclaration[],
  children: readonly string[] = [],
): string {
  const nodes = children.map((name) => ` <node name="${escapeXml(name)}"/>\n`).join("");
  return `${DOCTYPE}<node>\n${interfaces.map(interfaceXml).join("")}${nodes}</node>\n`;
}

function interfaceXml({ name, methods, properties, signals }: InterfaceDeclaration): string {
  const lines = [` <interface name="${name}">`];
  for (const [member, declaration] of Object.entries(methods)) {
    const body = [...args(declaration.in, "in"), ...args(declaration.out, "out")];
    if (declaration.deprecated) body.push(annotation("org.freedesktop.DBus.Deprecated", "true"));
    if (declaration.noReply) body.push(annotation("org.freedesktop.DBus.Method.NoReply", "true"));
    lines.push(...element("method", `name="${member}"`, body));
  }
  for (const [member, declaration] of Object.entries(properties)) {
    if (!declaration.hidden) lines.push(...propertyXml(member, declaration));
  }
  for (const [member, declaration] of Object.entries(signals)) {
    lines.push(...element("signal", `name="${member}"`, args(declaration.args)));
  }
  return `${lines.join("\n")}\n </interface>\n`;
}

function propertyXml(name: string, declaration: PropertyDeclaration): string[] {
  const { signature, writable = false, emits = "true", deprecated = false } = declaration;
  const body: string[] = [];
  if (deprecated) body.push(annotation("org.freedesktop.DBus.Deprecated", "true"));
  if (emits !== "true") body.push(annotation(EMITS, emits));
  return element("property", `name="${name}" type="${signature}" access="${writable ? "readwrite" : "read"}"`, body);
}

function args(list: readonly Argument[], direction?: string): string[] {
  const suffix = direction === undefined ? "" : ` direction="${direction}"`;
  return list.map(([name, type]) => `   <arg type="${type}"${name && ` name="${name}"`}${suffix}/>`);
}

function annotation(name: string, value: string): string {
  return `   <annotation name="${name}" value="${value}"/>`;
}

function element(tag: string, attributes: string, body: readonly string[]): string[] {
  return body.length === 0 ? [`  <${tag} ${attributes}/>`] : [`  <${tag} ${attributes}>`, ...body, `  </${tag}>`];
}

function escapeXml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
}
