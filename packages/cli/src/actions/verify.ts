/** Checks an archive and says everything that is wrong with it. */
import { type Archive, isIsptarError, type VerifyProblem, type VerifyReport } from 'isptar'
import type { RelativeOptions } from '../base-options.ts'
import type { Context } from '../context.ts'
import { exitCodeOfKind, OK, PARTIAL } from '../exit-code.ts'
import { openNamed } from '../open-named.ts'
import type { PartOptions } from '../part-options.ts'
import { textFields, wellFormed } from '../text/entry-json.ts'
import { longSize, plural } from '../text/quantity.ts'

/** Options of `isptar verify`. */
export interface VerifyCommandOptions extends RelativeOptions, PartOptions {
  readonly quick?: true
  readonly json?: true
}

/** Runs `isptar verify`. The exit code is that of the first problem. */
export async function verify(name: string, options: VerifyCommandOptions, context: Context): Promise<number> {
  const quick = options.quick ?? false
  const archive = await openOrReport(name, quick, options, context)
  try {
    const progress = context.startProgress()
    const total = totalBytes(archive.serviceInfo)
    const report = await archive.verify({
      quick,
      signal: context.io.signal,
      onProgress: (state) => progress.update(state, total),
    })
    context.endProgress()
    if (options.json) await context.io.stdout.write(reportJson(archive, quick, report))
    else await print(archive, report, quick, context)
    const [problem] = report.problems
    if (problem !== undefined) return exitCodeOfKind(problem.code)
    return !quick && (report.baseCount > 0 || archive.isCatalogue) ? PARTIAL : OK
  } finally {
    await archive.close()
  }
}

/** An archive that cannot be opened is a finding too: where JSON is asked for, it is given before the error is told. */
async function openOrReport(
  name: string,
  quick: boolean,
  options: VerifyCommandOptions,
  context: Context,
): Promise<Archive> {
  try {
    return (await openNamed(name, { ...options, findsBases: !quick }, context)).archive
  } catch (error) {
    if (options.json && isIsptarError(error)) {
      const problems = [{ code: error.code, message: error.message }]
      const nothing = { entryCount: 0, dataBytes: 0, dirtyCount: 0, baseCount: 0, notices: [] }
      await context.io.stdout.write(
        reportJson({ name, isCatalogue: false }, quick, { ok: false, problemCount: 1, problems, ...nothing }),
      )
    }
    throw error
  }
}

function totalBytes(serviceInfo: ReadonlyMap<string, string>): number | undefined {
  const text = serviceInfo.get('data_size') ?? ''
  return /^\d{1,15}$/.test(text) ? Number(text) : undefined
}

/** What of an archive its report tells. */
type Verified = Pick<Archive, 'name' | 'isCatalogue'>

function reportJson({ name, isCatalogue }: Verified, quick: boolean, report: VerifyReport): string {
  const object = {
    ...textFields('name', name),
    ...(isCatalogue && { catalogue: true }),
    ok: report.ok,
    quick,
    entries: report.entryCount,
    data_size: report.dataBytes,
    problem_count: report.problemCount,
    problems: report.problems.map(({ code, path, message }) => ({
      code,
      ...(path !== undefined && textFields('path', path)),
      message: wellFormed(message),
    })),
    dirty: report.dirtyCount,
    in_bases: report.baseCount,
    notices: report.notices.map(wellFormed),
  }
  return `${JSON.stringify(object)}\n`
}

async function print(archive: Verified, report: VerifyReport, quick: boolean, context: Context): Promise<void> {
  const { name } = archive
  for (const notice of report.notices) await context.warn(notice)
  for (const problem of report.problems) await context.fail(problemText(problem))
  if (!report.ok) {
    await context.fail(`${name}: ${plural(report.problemCount, 'problem')} found`)
    return
  }
  if (!context.quiet) await context.io.stdout.write(`${name}: ${checkedText(archive, report, quick)}\n`)
}

function checkedText({ isCatalogue }: Verified, report: VerifyReport, quick: boolean): string {
  const entries = plural(report.entryCount, 'entry', 'entries')
  if (quick) return `the tail is sound, ${entries}; the data was not read`
  if (isCatalogue) return `the listing is sound, ${entries}; this is a catalogue: it has no data that could be checked`
  return `${entries}, ${longSize(report.dataBytes)} of data: ${soundness(report)}`
}

function soundness({ baseCount }: VerifyReport): string {
  if (baseCount === 0) return 'all sound'
  return `what is here is sound; ${plural(baseCount, 'file')} not checked, with data in a base`
}

/** Names the entry, unless the message does. */
function problemText({ path, message }: VerifyProblem): string {
  return path === undefined || message.includes(path) ? message : `${path}: ${message}`
}
