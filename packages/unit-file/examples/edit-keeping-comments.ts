/** Changes a setting of a unit file, and leaves every comment and blank line where it was. */
import { getValues, parseUnitFile, serializeUnitFile, setValues } from "@steward/unit-file";

const text = `# Our web server. Ask the web team before you touch it.
[Service]
; It needs a moment.
TimeoutStartSec=30
ExecStart=/usr/bin/web \\
  # the public port
  --port 80
`;

const file = parseUnitFile(text, "web.service").value;
console.log(getValues(file, "Service", "ExecStart")); // [ "/usr/bin/web    --port 80" ]

const slower = setValues(file, "Service", "TimeoutStartSec", ["2min"]);
const restarting = setValues(slower, "Service", "Restart", ["on-failure"]);
console.log(serializeUnitFile(restarting));
