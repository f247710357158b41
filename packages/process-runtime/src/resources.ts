/** setrlimit(2)'s resource numbers by setting; the same on all architectures that steward runs on (x86, arm, riscv). */
export const resourceNumbers: Readonly<Record<string, number>> = {
  LimitCPU: 0,
  LimitFSIZE: 1,
  LimitDATA: 2,
  LimitSTACK: 3,
  LimitCORE: 4,
  LimitRSS: 5,
  LimitNPROC: 6,
  LimitNOFILE: 7,
  LimitMEMLOCK: 8,
  LimitAS: 9,
  LimitLOCKS: 10,
  LimitSIGPENDING: 11,
  LimitMSGQUEUE: 12,
  LimitNICE: 13,
  LimitRTPRIO: 14,
  LimitRTTIME: 15,
};
