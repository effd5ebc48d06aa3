/** Checks an archive and says everything that is wrong with it. */
import type { VerifyProblem, VerifyReport } from 'isptar'
import type { Context } from '../context.ts'
import { exitCodeOfKind, OK } from '../exit-code.ts'
import { openNamed } from '../open-named.ts'
import { textFields, wellFormed } from '../text/entry-json.ts'
import { longSize, plural } from '../text/quantity.ts'

/** Options of `isptar verify`. */
export interface VerifyCommandOptions {
  readonly quick?: true
  readonly json?: true
}

/** Runs `isptar verify`. The exit code is that of the first problem. */
export async function verify(name: string, options: VerifyCommandOptions, context: Context): Promise<number> {
  const quick = options.quick ?? false
  const { archive } = await openNamed(name, context)
  try {
    const progress = context.startProgress()
    const total = totalBytes(archive.serviceInfo)
    const report = await archive.verify({
      quick,
      signal: context.io.signal,
      onProgress: (state) => progress.update(state, total),
    })
    context.endProgress()
    if (options.json) await context.io.stdout.write(reportJson(archive.name, report))
    else await print(archive.name, report, quick, context)
    const [problem] = report.problems
    return problem === undefined ? OK : exitCodeOfKind(problem.code)
  } finally {
    await archive.close()
  }
}

function totalBytes(serviceInfo: ReadonlyMap<string, string>): number | undefined {
  const text = serviceInfo.get('data_size') ?? ''
  return /^\d{1,15}$/.test(text) ? Number(text) : undefined
}

function reportJson(name: string, report: VerifyReport): string {
  const object = {
    ...textFields('name', name),
    ok: report.ok,
    entries: report.entryCount,
    data_size: report.dataBytes,
    problem_count: report.problemCount,
    problems: report.problems.map(({ code, path, message }) => ({
      code,
      ...(path !== undefined && textFields('path', path)),
      message: wellFormed(message),
    })),
    dirty: report.dirtyCount,
    notices: report.notices.map(wellFormed),
  }
  return `${JSON.stringify(object)}\n`
}

async function print(name: string, report: VerifyReport, quick: boolean, context: Context): Promise<void> {
  for (const notice of report.notices) await context.warn(notice)
  for (const problem of report.problems) await context.fail(problemText(problem))
  if (!report.ok) {
    await context.fail(`${name}: ${plural(report.problemCount, 'problem')} found`)
    return
  }
  const checked = quick
    ? `the tail is sound, ${plural(report.entryCount, 'entry', 'entries')}; the data was not read`
    : `${plural(report.entryCount, 'entry', 'entries')}, ${longSize(report.dataBytes)} of data: all sound`
  if (!context.quiet) await context.io.stdout.write(`${name}: ${checked}\n`)
}

/** Names the entry, unless the message does. */
function problemText({ path, message }: VerifyProblem): string {
  return path === undefined || message.includes(path) ? message : `${path}: ${message}`
}
