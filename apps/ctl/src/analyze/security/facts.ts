/** What a unit's files say about its sandbox, the same for every type of unit. */
import {
  type ExecSettings,
  type IpPrefix,
  type LoadedUnit,
  ownSection,
  type ResourceSettings,
} from "@steward/unit-file";

/** The settings that are looked at; types without processes or without a control group have the usual ones. */
export interface SecurityFacts extends Pick<ExecSettings, ExecName>, Pick<ResourceSettings, ResourceName> {
  /** Part of early boot (DefaultDependencies=no): what hides files is out of place there. */
  readonly isEarly: boolean;
  readonly NotifyAccess: string;
}

type ExecName =
  | "AmbientCapabilities"
  | "CapabilityBoundingSet"
  | "DynamicUser"
  | "KeyringMode"
  | "LockPersonality"
  | "MemoryDenyWriteExecute"
  | "NoNewPrivileges"
  | "PrivateDevices"
  | "PrivateMounts"
  | "PrivateNetwork"
  | "PrivateTmp"
  | "PrivateUsers"
  | "ProcSubset"
  | "ProtectClock"
  | "ProtectControlGroups"
  | "ProtectHome"
  | "ProtectHostname"
  | "ProtectKernelLogs"
  | "ProtectKernelModules"
  | "ProtectKernelTunables"
  | "ProtectProc"
  | "ProtectSystem"
  | "RemoveIPC"
  | "RestrictAddressFamilies"
  | "RestrictNamespaces"
  | "RestrictRealtime"
  | "RestrictSUIDSGID"
  | "RootDirectory"
  | "RootImage"
  | "SupplementaryGroups"
  | "SystemCallArchitectures"
  | "SystemCallFilter"
  | "UMask"
  | "User";

type ResourceName =
  | "Delegate"
  | "DeviceAllow"
  | "DevicePolicy"
  | "IPAddressAllow"
  | "IPAddressDeny"
  | "IPEgressFilterPath"
  | "IPIngressFilterPath";

/** What a unit says of its sandbox. */
export function securityFacts(unit: LoadedUnit): SecurityFacts {
  const section = ownSection(unit.type) ?? "Timer";
  // Sections without these directives hold none of them: then the values of a socket without any stand in.
  const { Socket, Service, Unit } = unit.settings;
  return {
    ...pick(Socket),
    ...pick(unit.settings[section] as Partial<SecurityFacts>),
    isEarly: !Unit.DefaultDependencies,
    NotifyAccess: unit.type === "service" ? Service.NotifyAccess : "none",
  };
}

const names: readonly (ExecName | ResourceName)[] = [
  "AmbientCapabilities",
  "CapabilityBoundingSet",
  "Delegate",
  "DeviceAllow",
  "DevicePolicy",
  "DynamicUser",
  "IPAddressAllow",
  "IPAddressDeny",
  "IPEgressFilterPath",
  "IPIngressFilterPath",
  "KeyringMode",
  "LockPersonality",
  "MemoryDenyWriteExecute",
  "NoNewPrivileges",
  "PrivateDevices",
  "PrivateMounts",
  "PrivateNetwork",
  "PrivateTmp",
  "PrivateUsers",
  "ProcSubset",
  "ProtectClock",
  "ProtectControlGroups",
  "ProtectHome",
  "ProtectHostname",
  "ProtectKernelLogs",
  "ProtectKernelModules",
  "ProtectKernelTunables",
  "ProtectProc",
  "ProtectSystem",
  "RemoveIPC",
  "RestrictAddressFamilies",
  "RestrictNamespaces",
  "RestrictRealtime",
  "RestrictSUIDSGID",
  "RootDirectory",
  "RootImage",
  "SupplementaryGroups",
  "SystemCallArchitectures",
  "SystemCallFilter",
  "UMask",
  "User",
];

function pick(from: Partial<SecurityFacts>): SecurityFacts {
  // Settings lie over their defaults by prototype: they are asked for one by one.
  return Object.fromEntries(names.filter((name) => name in from).map((name) => [name, from[name]])) as never;
}

/** Whether processes run as root: systemd knows it by these names alone. */
export function runsAsRoot({ User }: SecurityFacts): boolean {
  return User === "" || User === "root" || User === "0";
}

/** Whether both families are denied whole. */
export function deniesAllAddresses({ IPAddressDeny }: SecurityFacts): boolean {
  const isWhole = (length: number): boolean =>
    IPAddressDeny.some((prefix) => prefix.prefixLength === 0 && prefix.bytes.length === length);
  return isWhole(4) && isWhole(16);
}

/** 127.0.0.0/8 or within it, or ::1. */
export function isLocalhost({ bytes, prefixLength }: IpPrefix): boolean {
  if (bytes.length === 4) return bytes[0] === 127 && prefixLength >= 8;
  return prefixLength === 128 && bytes.every((byte, index) => byte === (index === 15 ? 1 : 0));
}
