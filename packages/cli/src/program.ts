/** The tree of commands. Only the one that is called is declared, and what it does is loaded when it runs. */
import { readFileSync } from 'node:fs'
import { Command } from 'commander'
import type { CommandIo } from './command-io.ts'
import { declareCat } from './commands/cat.ts'
import { declareClient } from './commands/client.ts'
import { declareCompletion } from './commands/completion.ts'
import { declareCreate } from './commands/create.ts'
import { declareDiff } from './commands/diff.ts'
import { declareExtract } from './commands/extract.ts'
import { declareFlatten } from './commands/flatten.ts'
import { declareInfo } from './commands/info.ts'
import { declareIsolate } from './commands/isolate.ts'
import { declareList } from './commands/list.ts'
import { declareMerge } from './commands/merge.ts'
import { declarePrune } from './commands/prune.ts'
import { declarePull } from './commands/pull.ts'
import { declareServe } from './commands/serve.ts'
import { declareServer } from './commands/server.ts'
import { declareSplit } from './commands/split.ts'
import { declareTopics } from './commands/topics.ts'
import { declareVerify } from './commands/verify.ts'
import { declareVersions } from './commands/versions.ts'
import type { Start } from './declare.ts'
import { examples } from './declare.ts'
import { EXIT_CODES } from './exit-code.ts'

const DESCRIPTION =
  'Seekable tar.gz archives: any tar unpacks them, and one file comes out of a large or remote one by reading just that file.'

const GUIDES = '\n\nGuides:\n  $ isptar help backup\n      a full backup each week, differentials in between'

/** What declares each command, in the order of the help. */
const COMMANDS: Readonly<Record<string, (program: Command, start: Start) => void>> = {
  create: declareCreate,
  list: declareList,
  extract: declareExtract,
  cat: declareCat,
  serve: declareServe,
  info: declareInfo,
  verify: declareVerify,
  versions: declareVersions,
  diff: declareDiff,
  prune: declarePrune,
  flatten: declareFlatten,
  merge: declareMerge,
  split: declareSplit,
  isolate: declareIsolate,
  pull: declarePull,
  client: declareClient,
  server: declareServer,
}

const DEFAULT_COLUMNS = 80
/** Longer lines of help are hard to read on any screen. */
const MAX_COLUMNS = 100

/**
 * Builds the command tree.
 *
 * @param io - asked for the width of the terminal
 * @param printed - gathers what the parser prints: help, version and usage errors
 * @param start - wraps the work of a command
 * @param first - the first argument: when it is a command, no other is declared
 */
export function createProgram(
  io: CommandIo,
  printed: { out: string; err: string },
  start: Start,
  first: string | undefined,
): Command {
  const program = new Command('isptar')
  program
    .description(DESCRIPTION)
    .version(readVersion(), '-V, --version', 'print the version')
    .option('-q, --quiet', 'print no progress, notices or summaries')
    .option('-v, --verbose', 'print more: each entry, and where an error comes from')
    .helpOption('-h, --help', 'print help')
    .helpCommand('help [command]', 'print help of a command, or a guide')
    .exitOverride()
    .configureHelp({ showGlobalOptions: true, subcommandTerm })
    .configureOutput({
      writeOut: (text) => {
        printed.out += text
      },
      writeErr: (text) => {
        printed.err += text
      },
      outputError: (text, write) => write(text.replace(/^error:/, 'isptar:')),
      getOutHelpWidth: () => Math.min(io.stdout.columns ?? DEFAULT_COLUMNS, MAX_COLUMNS),
      getErrHelpWidth: () => Math.min(io.stderr.columns ?? DEFAULT_COLUMNS, MAX_COLUMNS),
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    })
    .addHelpText(
      'after',
      examples(
        ['isptar create site.tgz /srv/site', 'pack a folder'],
        ['isptar list -l https://example.org/site.tgz', 'look into a remote archive'],
        ['isptar cat https://example.org/site.tgz srv/site/index.html', 'fetch one file of it'],
        ['isptar extract site.tgz -C /restore "*.conf"', 'restore some'],
      ) +
        GUIDES +
        exitCodeTable(),
    )
  const all = [...Object.values(COMMANDS), declareCompletion, declareTopics]
  // A command knows nothing of others, and declaring all takes as long as finding one entry among thousands.
  const declareOne = first !== undefined && Object.hasOwn(COMMANDS, first) ? COMMANDS[first] : undefined
  for (const declare of declareOne ? [declareOne] : all) declare(program, start)
  return program
}

/** Gives `list|ls <archive> [pattern...]`: that each has options goes without saying. */
function subcommandTerm(command: Command): string {
  const names = [command.name(), ...command.aliases()].join('|')
  const shown = command.registeredArguments.map((argument) => {
    const name = argument.name() + (argument.variadic ? '...' : '')
    return argument.required ? `<${name}>` : `[${name}]`
  })
  return [names, ...shown].join(' ')
}

function exitCodeTable(): string {
  const lines = EXIT_CODES.map(([code, meaning]) => `  ${String(code).padStart(3)}  ${meaning}`)
  return `\n\nExit codes:\n${lines.join('\n')}`
}

function readVersion(): string {
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8')
  return (JSON.parse(text) as { version: string }).version
}
