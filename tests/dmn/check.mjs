// Opens each file named on the command line with dmn-moddle and writes it back beside it as NAME.moddle.
// Prints one JSON document: warnings and the shape of what was read, by file.
import { readFile, writeFile } from "node:fs/promises";
import { DmnModdle } from "dmn-moddle";

const said = {};
for (const name of process.argv.slice(2)) {
  const moddle = new DmnModdle();
  const { rootElement, warnings } = await moddle.fromXML(await readFile(name, "utf-8"), "dmn:Definitions");
  const { xml } = await moddle.toXML(rootElement, { format: true });
  await writeFile(`${name}.moddle`, xml);
  const decision = rootElement.drgElement.find((each) => each.$type === "dmn:Decision");
  const table = decision.decisionLogic;
  said[name] = {
    warnings: warnings.map((warning) => warning.message),
    hit: table.hitPolicy,
    aggregation: table.aggregation || "",
    inputs: table.input.map((each) => each.inputExpression.text),
    outputs: table.output.map((each) => each.name),
    cells: table.rule.map((each) => each.inputEntry.map((entry) => entry.text)),
  };
}
console.log(JSON.stringify(said));
