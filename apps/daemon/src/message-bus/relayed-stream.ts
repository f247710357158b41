import { Duplex } from "node:stream";

/** What the keeper does for a connection that it made. */
export interface RelayedConnection {
  send(bytes: Uint8Array): void;
  close(): void;
}

/** A connection that the keeper holds, as a stream. Descriptors that came with bytes wait to be taken, by the keeper's ids. */
export class RelayedStream extends Duplex {
  private readonly connection: RelayedConnection;
  private fds: number[] = [];

  constructor(connection: RelayedConnection) {
    super({ allowHalfOpen: false });
    this.connection = connection;
  }

  /** Bytes came in. */
  arrived(bytes: Uint8Array, fds: readonly number[]): void {
    this.fds.push(...fds);
    this.push(bytes);
  }

  /** The other end is gone. */
  gone(): void {
    this.push(null);
    this.destroy();
  }

  takeFds(): readonly number[] {
    return this.fds.splice(0);
  }

  override _read(): void {}

  override _write(chunk: Uint8Array, _encoding: string, done: () => void): void {
    this.connection.send(chunk);
    done();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.connection.close();
    done(error);
  }
}
