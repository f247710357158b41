import * as v from "../values/activation.ts";
import { execCommands } from "../values/exec-command.ts";
import { isInterfaceName } from "../values/filters.ts";
import { paths } from "../values/paths.ts";
import { boolean, checkedText, integer, long, mode, text, timeout, timespan, unsigned } from "../values/scalars.ts";
import { triggeredUnit } from "../values/unit-references.ts";
import { userName } from "../values/users.ts";
import { bindIpv6Only, timestamping } from "./activation-kinds.ts";
import { gathered, into, set } from "./table.ts";

const listenOf = (type: v.ListenSpec["type"]) => into("Listen", v.listen(type));
const timerOf = (base: v.TimerBase | "OnCalendar") => into("Timers", v.timerSpec(base));
const pathOf = (type: v.PathSpec["type"]) => into("Paths", v.pathSpec(type));

/** [Socket]: systemd.socket(5), without what it shares with other sections. */
export const socketTable = {
  man: "systemd.socket(5)",
  settings: {
    /** Every Listen…=, in the order of the files. */
    Listen: gathered(v.listen("Stream")),
    SocketProtocol: set(v.socketProtocol),
    BindIPv6Only: set(bindIpv6Only),
    Backlog: set(unsigned(2147483647)),
    BindToDevice: set(
      checkedText("network interface", isInterfaceName, (t) => `Invalid interface name, ignoring: ${t}`),
    ),
    SocketUser: set(userName),
    SocketGroup: set(userName),
    SocketMode: set(mode(0o666)),
    DirectoryMode: set(mode(0o755)),
    Accept: set(boolean(false)),
    FlushPending: set(boolean(false)),
    Writable: set(boolean(false)),
    MaxConnections: set(unsigned(64)),
    MaxConnectionsPerSource: set(unsigned(0)),
    KeepAlive: set(boolean(false)),
    KeepAliveTimeSec: set(timespan(0)),
    KeepAliveIntervalSec: set(timespan(0)),
    KeepAliveProbes: set(unsigned(0)),
    DeferAcceptSec: set(timespan(0)),
    NoDelay: set(boolean(false)),
    Priority: set(integer(-1)),
    ReceiveBuffer: set(v.bufferSize),
    SendBuffer: set(v.bufferSize),
    IPTOS: set(v.ipTos),
    IPTTL: set(integer(-1)),
    Mark: set(integer(-1)),
    PipeSize: set(v.bufferSize),
    FreeBind: set(boolean(false)),
    Transparent: set(boolean(false)),
    Broadcast: set(boolean(false)),
    PassCredentials: set(boolean(false)),
    PassPIDFD: set(boolean(false), { since: 258 }),
    PassSecurity: set(boolean(false)),
    PassPacketInfo: set(boolean(false)),
    AcceptFileDescriptors: set(boolean(true), { since: 258 }),
    Timestamping: set(timestamping),
    TCPCongestion: set(text),
    ReusePort: set(boolean(false)),
    MessageQueueMaxMessages: set(long(0)),
    MessageQueueMessageSize: set(long(0)),
    RemoveOnStop: set(boolean(false)),
    Symlinks: set(paths()),
    FileDescriptorName: set(v.descriptorName, { property: null }),
    PassFileDescriptorsToExec: set(boolean(false), { since: 256 }),
    TriggerLimitIntervalSec: set(timespan(Number.POSITIVE_INFINITY), { property: null }),
    TriggerLimitBurst: set(unsigned(4294967295), { property: null }),
    PollLimitIntervalSec: set(timespan(2_000_000), { since: 255 }),
    PollLimitBurst: set(unsigned(15), { since: 255 }),
    DeferTrigger: set(text, { since: 258 }),
    DeferTriggerMaxSec: set(timespan(Number.POSITIVE_INFINITY), { since: 258 }),
    SmackLabel: set(text),
    SmackLabelIPIn: set(text),
    SmackLabelIPOut: set(text),
    SELinuxContextFromNet: set(boolean(false), { property: null }),
    /** Empty where nothing is set: then it is the service of the same name, or an instance of its template. */
    Service: set(triggeredUnit("service"), { property: null }),
    TimeoutSec: set(timeout(90_000_000), { initial: (f) => f.defaults.timeoutStartUsec }),
    ExecStartPre: set(execCommands),
    ExecStartPost: set(execCommands),
    ExecStopPre: set(execCommands),
    ExecStopPost: set(execCommands),
  },
  others: {
    ListenStream: listenOf("Stream"),
    ListenDatagram: listenOf("Datagram"),
    ListenSequentialPacket: listenOf("SequentialPacket"),
    ListenFIFO: listenOf("FIFO"),
    ListenNetlink: listenOf("Netlink"),
    ListenSpecial: listenOf("Special"),
    ListenMessageQueue: listenOf("MessageQueue"),
    ListenUSBFunction: listenOf("USBFunction"),
  },
} as const;

/** [Timer]: systemd.timer(5). */
export const timerTable = {
  man: "systemd.timer(5)",
  settings: {
    /** Every On…Sec= and OnCalendar=; the last one written comes first, as systemd lists them. */
    Timers: gathered(v.timerSpec("OnCalendar")),
    OnClockChange: set(boolean(false)),
    OnTimezoneChange: set(boolean(false)),
    Persistent: set(boolean(false)),
    WakeSystem: set(boolean(false)),
    RemainAfterElapse: set(boolean(true)),
    FixedRandomDelay: set(boolean(false)),
    DeferReactivation: set(boolean(false), { since: 257 }),
    AccuracySec: set(timespan(60_000_000), { initial: (f) => f.defaults.timerAccuracyUsec }),
    RandomizedDelaySec: set(timespan(0)),
    RandomizedOffsetSec: set(timespan(0), { since: 258 }),
    /** Empty where nothing is set: then it is the service of the same name. */
    Unit: set(triggeredUnit(), { property: null }),
  },
  others: {
    OnCalendar: timerOf("OnCalendar"),
    OnActiveSec: timerOf("OnActive"),
    OnBootSec: timerOf("OnBoot"),
    OnStartupSec: timerOf("OnStartup"),
    OnUnitActiveSec: timerOf("OnUnitActive"),
    OnUnitInactiveSec: timerOf("OnUnitInactive"),
  },
} as const;

/** [Path]: systemd.path(5). */
export const pathTable = {
  man: "systemd.path(5)",
  settings: {
    /** Every PathExists= and so on; the last one written comes first, as systemd lists them. */
    Paths: gathered(v.pathSpec("PathExists")),
    /** Empty where nothing is set: then it is the service of the same name. */
    Unit: set(triggeredUnit(), { property: null }),
    MakeDirectory: set(boolean(false)),
    DirectoryMode: set(mode(0o755)),
    TriggerLimitIntervalSec: set(timespan(2_000_000)),
    TriggerLimitBurst: set(unsigned(200)),
  },
  others: {
    PathExists: pathOf("PathExists"),
    PathExistsGlob: pathOf("PathExistsGlob"),
    PathChanged: pathOf("PathChanged"),
    PathModified: pathOf("PathModified"),
    DirectoryNotEmpty: pathOf("DirectoryNotEmpty"),
  },
} as const;
