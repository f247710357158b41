/** The fields of a notification datagram, sd_notify(3): NAME=value lines, in order. What is not a line of that kind is left out. */
export function parseNotifyMessage(bytes: Uint8Array): readonly (readonly [string, string])[] {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("utf8");
  const fields: [string, string][] = [];
  for (const line of text.split(/\n/)) {
    const at = line.indexOf("=");
    if (at > 0 && !line.includes("\0")) fields.push([line.slice(0, at), line.slice(at + 1)]);
  }
  return fields;
}
