import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { genuine, own } from "../own-kit.ts";

const directory = mkdtempSync(join(tmpdir(), "import-"));
afterAll(() => rmSync(directory, { recursive: true, force: true }));
process.env.IMPORT_TEST = "from outside";

mkdirSync(join(directory, "conf.d"));
writeFileSync(
  join(directory, "supervisord.conf"),
  `[supervisord]
nodaemon=true
environment=SHARED="yes"
[unix_http_server]
file=/tmp/supervisor.sock
; a comment
[program:web.site]
command=/bin/sh -c "echo 100%% \\"$HOME\\" a#b;sleep 5" ; a comment
directory=/srv
user=www-data
environment=
  A="1,2",
  B=%(ENV_IMPORT_TEST)s
autorestart=true
stopsignal=INT
stdout_logfile=/var/log/web.log
stdout_logfile_maxbytes=1MB
redirect_stderr=true
startsecs=3
startretries=4
[program:worker]
command=/bin/echo %(program_name)s %(process_num)02d
numprocs=2
process_name=%(program_name)s_%(process_num)02d
exitcodes=0,2
[group:all]
programs=web.site,absent
[eventlistener:mail]
command=/bin/true
[include]
files = conf.d/*.conf
`,
);
writeFileSync(
  join(directory, "conf.d/more.conf"),
  "[program:more]\ncommand=true\nautostart=false\nstderr_logfile=NONE\nstopasgroup=true\nnonsense=1\n",
);
writeFileSync(
  join(directory, "Procfile"),
  "web: node server.js -p $PORT\n# comment\njobs: cd jobs && ./run 50%\nbroken line\n",
);
writeFileSync(
  join(directory, "ecosystem.json"),
  JSON.stringify(
    {
      apps: [
        {
          name: "api",
          script: "./api.js",
          args: "--x 'a b'",
          instances: 2,
          exec_mode: "cluster",
          env: { NODE_ENV: "production", Q: 'a "b"' },
          max_memory_restart: "200M",
          kill_timeout: 3000,
          watch: true,
        },
        { script: "/bin/true", autorestart: false, error_file: "/tmp/e.log" },
      ],
    },
    null,
    2,
  ),
);

test.each(["supervisord.conf", "Procfile", "ecosystem.json"])("%s", async (name) => {
  const said = await own("import", join(directory, name));
  const plain = (text: string): string =>
    text.replaceAll(directory, "/DIR").replaceAll(directory.replace(/^.*\//, ""), "DIR");
  expect(plain(said.err)).toMatchSnapshot("notes");
  expect(plain(said.out)).toMatchSnapshot("units");
  expect(said.code).toBe(0);
});

test.each(["supervisord.conf", "Procfile", "ecosystem.json"])("units of %s pass verify", async (name) => {
  const output = join(directory, `out-${name}`);
  expect((await own("import", "--output", output, join(directory, name))).code).toBe(0);
  const files = readdirSync(output).map((each) => join(output, each));
  const ours = await own("verify", "-q", ...files);
  const missingProgram = /Command (node|\S+) is not executable/;
  expect(
    ours.err.split("\n").filter((line) => line !== "" && line.includes(output) && !missingProgram.test(line)),
  ).toEqual([]);
  const theirs = genuine("systemd-analyze", "verify", "--man=no", ...files);
  expect(theirs.err.split("\n").filter((line) => line.includes(output) && !missingProgram.test(line))).toEqual([]);
});
