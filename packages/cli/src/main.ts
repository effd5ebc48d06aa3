#!/usr/bin/env node
/** The process around a command: its streams, its signals, its exit code. */
import { type CommandIo, InterruptedError } from './command-io.ts'
import { ProcessOutput } from './process-output.ts'
import { readArguments } from './read-arguments.ts'
import { run } from './run.ts'

const controller = new AbortController()

for (const name of ['SIGHUP', 'SIGINT', 'SIGTERM'] as const) {
  process.on(name, () => {
    const reason = new InterruptedError(name)
    // The first signal lets the command clean up; whoever sends a second one does not want to wait.
    if (controller.signal.aborted) process.exit(reason.exitCode)
    controller.abort(reason)
  })
}

const io: CommandIo = {
  stdout: new ProcessOutput(() => process.stdout, 'standard output', controller.signal),
  stderr: new ProcessOutput(() => process.stderr, 'standard error'),
  openStdin: () => process.stdin,
  env: process.env,
  signal: controller.signal,
  now: () => performance.now(),
}

// No `await` at the top: the bundle is a script, which Node starts sooner than a module.
void readArguments()
  .then((argv) => run(argv, io))
  .then((exitCode) => {
    process.exitCode = exitCode
    // What a stalled reader has not taken would keep the process alive.
    if (controller.signal.aborted) process.exit()
  })
