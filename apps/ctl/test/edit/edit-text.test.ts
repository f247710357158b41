import fc from "fast-check";
import { expect, test } from "vitest";
import { editedContent, editorText } from "../../src/edit/edit-text.ts";

const path = "/etc/systemd/system/l.service.d/override.conf";

test("the text as `systemctl edit` of systemd 252 opens it", () => {
  const text = editorText(path, "[Unit]\nDescription=new", [
    { path: "/lib/systemd/system/l.service", text: "[Unit]\nDescription=L\n[Service]\nExecStart=/bin/sleep 99\n" },
    { path: "/usr/lib/systemd/system/l.service.d/x.conf", text: "[Unit]\nDescription=L2" },
  ]);
  expect(text).toBe(`### Editing ${path}
### Anything between here and the comment below will become the new contents of the file

[Unit]
Description=new

### Lines below this comment will be discarded

### /lib/systemd/system/l.service
# [Unit]
# Description=L
# [Service]
# ExecStart=/bin/sleep 99

### /usr/lib/systemd/system/l.service.d/x.conf
# [Unit]
# Description=L2`);
});

test("what is between the markers comes back, whatever it is", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), fc.string(), (content, original) => {
      fc.pre(!content.includes("### Lines below"));
      const text = editorText(path, content, [{ path: "/x", text: original }]);
      const wanted = content.replace(/^\s*\n/, "").trim();
      expect(editedContent(path, text)).toBe(wanted === "" ? "" : `${wanted}\n`);
    }),
  );
});

test("a marker that was taken away is no fence", () => {
  expect(editedContent(path, "[Unit]\nAfter=a.service\n")).toBe("[Unit]\nAfter=a.service\n");
});
