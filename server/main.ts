#!/usr/bin/env node
// The server's program: checks the runtime, reads the command, runs it, says how it ended. It imports nothing before
// the check, so that a wrong Node gets one clear line in place of a parse error deep inside.
export {};

const nodeMajorMin = 26;
const major = Number(process.versions.node.split('.')[0]);
if (major < nodeMajorMin || !('Temporal' in globalThis)) {
  console.error(
    `vigia-server needs Node ${nodeMajorMin} or later (this is ${process.versions.node}); run "npm ci" and use node_modules/.bin/node`,
  );
  process.exit(2);
}

const { parseCommandLine, usage } = await import('./command-line.ts');
const command = parseCommandLine(process.argv.slice(2));
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
    const { serverRelease } = await import('./version.ts');
    console.log(serverRelease);
    break;
  }
  case 'run': {
    const { runServer } = await import('./run.ts');
    process.exit(await runServer(command.value));
    break;
  }
  case 'inventory-import': {
    const { importInventory } = await import('./remote-commands.ts');
    process.exitCode = await importInventory(command.value);
    break;
  }
  case 'sign-in-link': {
    const { printSignInLink } = await import('./remote-commands.ts');
    process.exitCode = await printSignInLink(command.value);
    break;
  }
  case 'desk-doctor': {
    const { deskDoctor } = await import('./desk-doctor.ts');
    process.exitCode = await deskDoctor(command.value);
    break;
  }
  case 'dossier-verify': {
    const { verifyDossier } = await import('./dossier-verify.ts');
    const { exitCode, text } = verifyDossier(command.value);
    console.log(text);
    process.exitCode = exitCode;
    break;
  }
  case 'replay': {
    const { replay } = await import('./replay.ts');
    process.exitCode = replay(command.value);
    break;
  }
}
