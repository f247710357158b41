/** A linter for a web page: bundled for the browser, it puts `lintUnit` on the page. See lint.html. */
import { formatDiagnostic, loadUnitFromFiles, suggestDirective } from "@steward/unit-file";

/** What is wrong with a unit file, a line each. */
function lintUnit(name: string, text: string): string[] {
  const unit = loadUnitFromFiles(name, [{ path: name, text }]);
  return unit.diagnostics.map((each) => {
    const { section, directive, message } = each;
    const known = section !== undefined && directive !== undefined && message.startsWith("Unknown key");
    const near = known ? suggestDirective(section, directive) : undefined;
    return near === undefined ? formatDiagnostic(each) : `${formatDiagnostic(each)} Did you mean ${near}=?`;
  });
}

Object.assign(globalThis, { lintUnit });
