/**
 * The server's half of D-Bus authentication, a line at a time. Only EXTERNAL: who the peer is, the kernel says.
 * sd-bus sends `AUTH EXTERNAL` without an identity, then an empty `DATA`, and everything up to BEGIN in one write.
 */

export interface SaslOptions {
  /** The server's identity, 32 hex digits, given in OK. */
  readonly guid: string;
  /** The peer's uid as the kernel reported it. */
  readonly uid: number;
  /** Whether descriptors can be taken with messages. */
  readonly takesFds?: boolean;
  /** Whether this user may come in. */
  allow(uid: number): boolean;
}

type State = "command" | "data" | "ok" | "begun" | "refused";

const MAX_REJECTIONS = 8;
const REJECTED = "REJECTED EXTERNAL";

export class SaslServer {
  state: State = "command";
  private rejections = 0;
  private readonly options: SaslOptions;

  constructor(options: SaslOptions) {
    this.options = options;
  }

  /** The answer to one line (without its line end); undefined when there is none, as for BEGIN. */
  line(line: string): string | undefined {
    const [command = "", ...words] = line.split(" ");
    switch (command) {
      case "AUTH":
        return this.auth(words);
      case "DATA":
        return this.state === "data" ? this.identify(words[0] ?? "") : "ERROR";
      case "BEGIN":
        this.state = this.state === "ok" ? "begun" : "refused";
        return undefined;
      case "CANCEL":
      case "ERROR":
        return this.reject();
      case "NEGOTIATE_UNIX_FD":
        return this.options.takesFds === true && this.state === "ok"
          ? "AGREE_UNIX_FD"
          : "ERROR Descriptors cannot be passed here";
      default:
        return "ERROR Unknown command";
    }
  }

  private auth([mechanism, identity]: readonly string[]): string {
    if (mechanism !== "EXTERNAL" || this.state === "ok") return this.reject();
    if (identity !== undefined) return this.identify(identity);
    this.state = "data";
    return "DATA";
  }

  /** An empty identity means "whoever the kernel says"; any other must be that uid, in decimal, hex-encoded. */
  private identify(hex: string): string {
    const { uid, guid } = this.options;
    const claimed = hex === "" ? String(uid) : Buffer.from(hex, "hex").toString("latin1");
    if (claimed !== String(uid) || !this.options.allow(uid)) return this.reject();
    this.state = "ok";
    return `OK ${guid}`;
  }

  private reject(): string {
    this.state = ++this.rejections >= MAX_REJECTIONS ? "refused" : "command";
    return REJECTED;
  }
}
