/** Prints completion scripts; they are made from the command tree, so they know every option there is. */
import type { Command } from 'commander'
import { bashCompletion } from '../completion/bash.ts'
import { fishCompletion } from '../completion/fish.ts'
import type { Shell } from '../completion/shells.ts'
import { zshCompletion } from '../completion/zsh.ts'
import type { Context } from '../context.ts'
import { OK } from '../exit-code.ts'

const MAKERS: Readonly<Record<Shell, (program: Command) => string>> = {
  bash: bashCompletion,
  zsh: zshCompletion,
  fish: fishCompletion,
}

/** Runs `isptar completion`. */
export async function completion(shell: Shell, program: Command, context: Context): Promise<number> {
  await context.io.stdout.write(MAKERS[shell](program))
  return OK
}
