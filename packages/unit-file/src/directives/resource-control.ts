import { delegate, disableControllers } from "../values/controllers.ts";
import {
  blockIoBandwidth,
  blockIoDeviceWeight,
  deviceAllow,
  ioDeviceWeight,
  ioLatency,
  ioLimit,
} from "../values/devices.ts";
import { isInterfaceName, nameFilter } from "../values/filters.ts";
import { ipPrefixes } from "../values/ip.ts";
import { numberSet } from "../values/masks.ts";
import { pathLines } from "../values/paths.ts";
import { bpfPrograms, socketBind } from "../values/programs.ts";
import { cpuQuota, cpuWeight, memoryLimit, tasksMax, weight } from "../values/resources.ts";
import { boolean, choice, permyriadScaled, text, timespan, timespanOrInfinity } from "../values/scalars.ts";
import { slice } from "../values/unit-references.ts";
import { set } from "./table.ts";

const shares = weight(2, 262144, (t) => `Invalid CPU shares, ignoring: ${t}`);
const ioWeight = weight(1, 10000, (t) => `Invalid weight, ignoring: ${t}`);
const blockIoWeight = weight(10, 1000, (t) => `Invalid block IO weight, ignoring: ${t}`);
const protection = memoryLimit(0, true);
const limit = memoryLimit(Number.POSITIVE_INFINITY, false);
const swapLimit = memoryLimit(Number.POSITIVE_INFINITY, true);
const oomWords = choice("memory pressure action", ["auto", "kill"], "auto");
const managedOom: typeof oomWords = {
  ...oomWords,
  assign(previous, a) {
    if (a.value === "auto" || a.value === "kill") return a.value;
    if (a.value === "") return "auto";
    a.warn(`Invalid syntax, ignoring: ${a.value}`);
    return previous;
  },
};

/** What sections with a control group share: systemd.resource-control(5). */
export const resourceTable = {
  man: "systemd.resource-control(5)",
  settings: {
    Slice: set(slice, { property: null }),
    AllowedCPUs: set(numberSet),
    StartupAllowedCPUs: set(numberSet),
    AllowedMemoryNodes: set(numberSet),
    StartupAllowedMemoryNodes: set(numberSet),
    CPUAccounting: set(boolean(true), { initial: (f) => f.defaults.cpuAccounting }),
    CPUWeight: set(cpuWeight),
    StartupCPUWeight: set(cpuWeight),
    CPUShares: set(shares),
    StartupCPUShares: set(shares),
    CPUQuota: set(cpuQuota, { property: "CPUQuotaPerSecUSec" }),
    CPUQuotaPeriodSec: set(timespanOrInfinity(Number.POSITIVE_INFINITY)),
    MemoryAccounting: set(boolean(true), { initial: (f) => f.defaults.memoryAccounting }),
    MemoryMin: set(protection),
    DefaultMemoryMin: set(protection),
    DefaultMemoryLow: set(protection),
    DefaultStartupMemoryLow: set(protection, { since: 254 }),
    MemoryLow: set(protection),
    StartupMemoryLow: set(protection, { since: 254 }),
    MemoryHigh: set(limit),
    StartupMemoryHigh: set(limit, { since: 254 }),
    MemoryMax: set(limit),
    StartupMemoryMax: set(limit, { since: 254 }),
    MemorySwapMax: set(swapLimit),
    StartupMemorySwapMax: set(swapLimit, { since: 254 }),
    MemoryZSwapMax: set(swapLimit, { since: 253 }),
    StartupMemoryZSwapMax: set(swapLimit, { since: 254 }),
    MemoryZSwapWriteback: set(boolean(true), { since: 256 }),
    MemoryLimit: set(limit),
    MemoryPressureWatch: set(choice("memory pressure watch", ["auto", "on", "off", "skip"], "auto"), { since: 254 }),
    MemoryPressureThresholdSec: set(timespan(200_000), { since: 254 }),
    DeviceAllow: set(deviceAllow),
    DevicePolicy: set(choice("device policy", ["auto", "closed", "strict"], "auto")),
    IOAccounting: set(boolean(false), { initial: (f) => f.defaults.ioAccounting }),
    IOWeight: set(ioWeight),
    StartupIOWeight: set(ioWeight),
    IODeviceWeight: set(ioDeviceWeight),
    IOReadBandwidthMax: set(ioLimit),
    IOWriteBandwidthMax: set(ioLimit),
    IOReadIOPSMax: set(ioLimit),
    IOWriteIOPSMax: set(ioLimit),
    IODeviceLatencyTargetSec: set(ioLatency),
    BlockIOAccounting: set(boolean(false), { initial: (f) => f.defaults.blockIoAccounting }),
    BlockIOWeight: set(blockIoWeight),
    StartupBlockIOWeight: set(blockIoWeight),
    BlockIODeviceWeight: set(blockIoDeviceWeight),
    BlockIOReadBandwidth: set(blockIoBandwidth),
    BlockIOWriteBandwidth: set(blockIoBandwidth),
    TasksAccounting: set(boolean(true), { initial: (f) => f.defaults.tasksAccounting }),
    TasksMax: set(tasksMax, { property: null }),
    Delegate: set(delegate),
    DelegateSubgroup: set(text, { since: 254 }),
    DisableControllers: set(disableControllers),
    IPAccounting: set(boolean(false), { initial: (f) => f.defaults.ipAccounting }),
    IPAddressAllow: set(ipPrefixes),
    IPAddressDeny: set(ipPrefixes),
    IPIngressFilterPath: set(pathLines),
    IPEgressFilterPath: set(pathLines),
    ManagedOOMSwap: set(managedOom),
    ManagedOOMMemoryPressure: set(managedOom),
    ManagedOOMMemoryPressureLimit: set(permyriadScaled),
    ManagedOOMMemoryPressureDurationSec: set(timespanOrInfinity(Number.POSITIVE_INFINITY), { since: 257 }),
    ManagedOOMPreference: set(choice("ManagedOOMPreference=", ["none", "avoid", "omit"], "none")),
    BPFProgram: set(bpfPrograms),
    SocketBindAllow: set(socketBind),
    SocketBindDeny: set(socketBind),
    RestrictNetworkInterfaces: set(nameFilter("list of network interfaces", isInterfaceName)),
    NFTSet: set(text, { since: 255 }),
    CoredumpReceive: set(boolean(false), { since: 255 }),
  },
  others: {},
} as const;
