/** How processes end, in systemd's words (systemd.exec(5), "Process Exit Codes"; wait4's si_code). */

export const endings = ["", "exited", "killed", "dumped", "trapped", "stopped", "continued"] as const;
export const EXITED = 1;
const KILLED = 2;

const names: { readonly [status: number]: string } = {
  0: "SUCCESS",
  1: "FAILURE",
  200: "CHDIR",
  201: "NICE",
  202: "FDS",
  203: "EXEC",
  204: "MEMORY",
  205: "LIMITS",
  206: "OOM_ADJUST",
  207: "SIGNAL_MASK",
  208: "STDIN",
  209: "STDOUT",
  210: "CHROOT",
  211: "IOPRIO",
  212: "TIMERSLACK",
  213: "SECUREBITS",
  214: "SETSCHEDULER",
  215: "CPUAFFINITY",
  216: "GROUP",
  217: "USER",
  218: "CAPABILITIES",
  219: "CGROUP",
  220: "SETSID",
  221: "CONFIRM",
  222: "STDERR",
  224: "PAM",
  225: "NETWORK",
  226: "NAMESPACE",
  227: "NO_NEW_PRIVILEGES",
  228: "SECCOMP",
  229: "SELINUX_CONTEXT",
  230: "PERSONALITY",
  231: "APPARMOR",
  232: "ADDRESS_FAMILIES",
  233: "RUNTIME_DIRECTORY",
  235: "CHOWN",
  236: "SMACK_PROCESS_LABEL",
  237: "KEYRING",
  238: "STATE_DIRECTORY",
  239: "CACHE_DIRECTORY",
  240: "LOGS_DIRECTORY",
  241: "CONFIGURATION_DIRECTORY",
  242: "NUMA_POLICY",
  243: "CREDENTIALS",
  245: "BPF",
};

/** "FAILURE" for 1, "EXEC" for 203; undefined for those without a name. */
export function exitStatusName(status: number): string | undefined {
  return names[status];
}

/** Whether a daemon that ends so ended well: status 0, or one of HUP, INT, PIPE and TERM. */
export function isCleanEnding(code: number, status: number): boolean {
  return code === EXITED ? status === 0 : code === KILLED && [1, 2, 13, 15].includes(status);
}
