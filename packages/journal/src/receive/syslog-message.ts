/** A message of syslog(3) as it arrives on /dev/log. */
export interface SyslogMessage {
  /** 0 to 7. */
  readonly level: number;
  readonly facility: number;
  readonly identifier: string | undefined;
  readonly pid: string | undefined;
  /** As the sender wrote it; it is not the entry's time. */
  readonly timestamp: string | undefined;
  readonly message: Buffer;
  /** The datagram, where taking it apart lost something or found no time. */
  readonly raw: Buffer | undefined;
}

const TIMESTAMP = /^[A-Za-z]{3} [ \d]\d [ \d]\d:[ \d]\d:[ \d]\d /;
/** user.info: what a message without a priority is. */
const DEFAULT_PRIORITY = 14;

/** Takes `<PRI>Mon dd hh:mm:ss identifier[pid]: message` apart, as journald does; every part but the message may be missing. */
export function parseSyslogMessage(datagram: Buffer): SyslogMessage {
  // Bytes are kept as they are: one character each.
  const raw = datagram.toString("latin1");
  let text = raw.replace(/^[ \t\n\r]+/, "").replace(/[ \t\n\r\0]+$/, "");
  if (text === "") text = raw;
  const stripped = text.length !== raw.length || text.includes("\0");
  const nul = text.indexOf("\0");
  if (nul >= 0) text = text.slice(0, nul);
  let priority = DEFAULT_PRIORITY;
  const pri = /^<(\d{1,3})>/.exec(text);
  if (pri !== null && Number(pri[1]) < 1024) {
    priority = Number(pri[1]);
    text = text.slice(pri[0].length);
  }
  let timestamp: string | undefined;
  if (TIMESTAMP.test(text)) {
    timestamp = text.slice(0, 16);
    text = text.slice(16);
  }
  let identifier: string | undefined;
  let pid: string | undefined;
  const word = /^[ \t\n\r]*([^ \t\n\r]*):(?=[ \t\n\r]|$)/.exec(text);
  if (word !== null && word[1] !== undefined) {
    identifier = word[1];
    const bracket = identifier.lastIndexOf("[");
    if (identifier.endsWith("]") && bracket >= 0) {
      pid = identifier.slice(bracket + 1, -1);
      identifier = identifier.slice(0, bracket);
    }
    text = text.slice(word[0].length).replace(/^[ \t\n\r]/, "");
  }
  return {
    level: priority & 7,
    facility: priority >> 3,
    identifier,
    pid,
    timestamp,
    message: Buffer.from(text, "latin1"),
    raw: stripped || timestamp === undefined ? datagram : undefined,
  };
}
