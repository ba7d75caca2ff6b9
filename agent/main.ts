#!/usr/bin/env node
// The agent's program: checks the runtime, reads the command, runs it, says how it ended. It imports nothing before
// the check, so that a wrong Node gets one clear line in place of a parse error deep inside.
export {};

const nodeMajorMin = 26;
const major = Number(process.versions.node.split('.')[0]);
if (major < nodeMajorMin || !('Temporal' in globalThis)) {
  console.error(
    `vigia-agent needs Node ${nodeMajorMin} or later (this is ${process.versions.node}); use the node of its own package`,
  );
  process.exit(2);
}

const { parseCommand, usage } = await import('./config.ts');
const command = parseCommand(process.argv.slice(2));
if (!command.ok) {
  for (const issue of command.failure.issues ?? []) console.error(`${issue.path}: ${issue.message}`);
  console.error(`\n${usage}`);
  process.exit(2);
}
switch (command.value.kind) {
  case 'help':
    console.log(usage);
    break;
  case 'version': {
    const { agentVersion } = await import('./version.ts');
    console.log(agentVersion);
    break;
  }
  case 'enrol': {
    const { enrolHere } = await import('./enrolment.ts');
    process.exitCode = await enrolHere(command.value);
    break;
  }
  case 'status': {
    const { tellStatus } = await import('./status.ts');
    process.exitCode = tellStatus(command.value);
    break;
  }
  case 'doctor': {
    const { examineHere } = await import('./doctor.ts');
    // Not left to end by itself: a name that does not resolve would hold the process for half a minute.
    process.exit(await examineHere(command.value));
    break;
  }
  case 'run': {
    const { runAgent } = await import('./app.ts');
    process.exit(await runAgent(command.value));
  }
}
