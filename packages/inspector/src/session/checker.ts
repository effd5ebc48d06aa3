/** Checks the archive of a session, and keeps the report. */
import type { CheckProgress, CheckReport, CheckScope } from '../contract/check-calls.ts'
import type { Trouble } from '../contract/trouble.ts'
import { asTrouble, type Session } from './session.ts'
import { SessionWork } from './session-work.ts'
import { untilStopped } from './until-stopped.ts'

/** What is checked, in words. */
export interface CheckSubject {
  readonly scope: CheckScope
  /** For people: `the whole archive`, `site/etc`. Printable. */
  readonly label: string
}

/** How far it is. */
export type CheckerState =
  | { readonly phase: 'idle' }
  | { readonly phase: 'checking'; readonly subject: CheckSubject; readonly progress: CheckProgress | undefined }
  | { readonly phase: 'done'; readonly subject: CheckSubject; readonly report: CheckReport }
  | { readonly phase: 'stopped'; readonly subject: CheckSubject }
  | { readonly phase: 'failed'; readonly subject: CheckSubject; readonly trouble: Trouble }

const checkers = new WeakMap<Session, Checker>()

/** Gives the one that checks for a session. */
export function checkerOf(session: Session): Checker {
  const checker = checkers.get(session) ?? new Checker(session)
  checkers.set(session, checker)
  return checker
}

/** Use {@link checkerOf}. */
export class Checker extends SessionWork<CheckerState> {
  constructor(session: Session) {
    super(session, { phase: 'idle' })
  }

  /** Begins, unless a check is under way. */
  check(subject: CheckSubject): Promise<void> {
    return this.begin(async (signal) => {
      this.change({ phase: 'checking', subject, progress: undefined })
      const onProgress = (progress: CheckProgress): void => {
        if (this.isUnderWay(signal)) this.change({ phase: 'checking', subject, progress })
      }
      try {
        const report = await untilStopped(this.session.engine.check.verify(subject.scope, onProgress, signal), signal)
        return { phase: 'done', subject, report }
      } catch (error) {
        if (signal.aborted) return { phase: 'stopped', subject }
        return { phase: 'failed', subject, trouble: asTrouble(error) }
      }
    })
  }
}
