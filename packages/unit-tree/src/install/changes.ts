/** Why an install verb refuses: the errno that systemd uses for it, as a name. */
export type InstallErrno =
  | "EACCES"
  | "EADDRNOTAVAIL"
  | "EBADFD"
  | "EBADMSG"
  | "EBADSLT"
  | "EEXIST"
  | "EIDRM"
  | "EINVAL"
  | "EISDIR"
  | "ELOOP"
  | "ENOBUFS"
  | "ENOENT"
  | "ENOEXEC"
  | "ENOLINK"
  | "ENOTTY"
  | "ERFKILL"
  | "ETXTBSY"
  | "EUCLEAN"
  | "EUNATCH"
  | "EXDEV";

/** What happened besides links made and removed. */
export type InstallNotice =
  | "symlink"
  | "unlink"
  | "masked"
  | "masked by generator"
  | "dangling"
  | "destination not present"
  | "auxiliary unit failed";

/**
 * One line of an install verb's answer, as D-Bus carries it (org.freedesktop.systemd1(5), EnableUnitFiles: type, path, source): a link made
 * (`source` is what it points to), a link removed, a remark, or the reason of a failure. Paths have the root in front.
 */
export interface InstallChange {
  readonly type: InstallNotice | InstallErrno;
  readonly path: string;
  readonly source: string;
}

/** A change to the disk, to be performed in order. Paths are those inside the root. Parents of a link are made as needed. */
export type DiskChange =
  | { readonly type: "symlink"; readonly path: string; readonly target: string; readonly replace: boolean }
  | { readonly type: "write"; readonly path: string; readonly text: string }
  | { readonly type: "unlink"; readonly path: string }
  /** Removes the directory when it is empty. */
  | { readonly type: "remove-directory"; readonly path: string }
  | { readonly type: "remove-tree"; readonly path: string };

/** Either a count ("how many rules there were") or the reason why not. */
export type Outcome = number | InstallErrno;

/** Tells a refusal from a count. */
export function failed(outcome: Outcome): outcome is InstallErrno {
  return typeof outcome === "string";
}

/** What an install verb decided: what to say, what to do to the disk, and whether the units had anything to install. */
export interface InstallResult {
  readonly changes: readonly InstallChange[];
  readonly disk: readonly DiskChange[];
  /** What systemd logs on the way: settings that were ignored, symlinks that were rejected. */
  readonly warnings: readonly string[];
  /** Whether there was any [Install] rule at all: without one, systemctl explains what such units are for. */
  readonly carriesInstallInfo: boolean;
  /** Set when the verb failed; what was done before that stays done, as with systemd. */
  readonly error?: InstallErrno;
}
