const texts: Readonly<Record<number, string>> = {
  1: "Operation not permitted",
  2: "No such file or directory",
  3: "No such process",
  4: "Interrupted system call",
  5: "Input/output error",
  6: "No such device or address",
  7: "Argument list too long",
  8: "Exec format error",
  9: "Bad file descriptor",
  10: "No child processes",
  11: "Resource temporarily unavailable",
  12: "Cannot allocate memory",
  13: "Permission denied",
  14: "Bad address",
  16: "Device or resource busy",
  17: "File exists",
  18: "Invalid cross-device link",
  19: "No such device",
  20: "Not a directory",
  21: "Is a directory",
  22: "Invalid argument",
  23: "Too many open files in system",
  24: "Too many open files",
  26: "Text file busy",
  27: "File too large",
  28: "No space left on device",
  30: "Read-only file system",
  36: "File name too long",
  38: "Function not implemented",
  40: "Too many levels of symbolic links",
  71: "Protocol error",
  92: "Protocol not available",
  93: "Protocol not supported",
  94: "Socket type not supported",
  95: "Operation not supported",
  97: "Address family not supported by protocol",
  98: "Address already in use",
  99: "Cannot assign requested address",
  100: "Network is down",
  101: "Network is unreachable",
  105: "No buffer space available",
  110: "Connection timed out",
  111: "Connection refused",
};

/** Something that did not work, with the reason where there is one: "SO_MARK failed: Operation not permitted". */
export function mishapText({ what, errno }: { readonly what: string; readonly errno?: number }): string {
  return errno === undefined ? what : `${what}: ${errnoText(errno)}`;
}

/** What strerror(3) says for the errors that an exec plan meets. */
export function errnoText(errno: number): string {
  return texts[errno] ?? `Unknown error ${errno}`;
}
