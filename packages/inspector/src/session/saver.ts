/** Saves files and selections of the archive of a session, and says how that went. */
import type { TakeProgress } from '../contract/take-calls.ts'
import type { Trouble } from '../contract/trouble.ts'
import { bytesText, countText } from '../text/quantity.ts'
import { archiveSaveName, saveName } from './save-name.ts'
import { chooseTarget, type SaveRequest, type SaveTarget } from './save-target.ts'
import { asTrouble, type Session } from './session.ts'
import type { EntryKey } from './session-state.ts'
import { SessionWork } from './session-work.ts'
import { untilStopped } from './until-stopped.ts'

/** How far it is. */
export type SaverState =
  | { readonly phase: 'idle' }
  /** The user is asked where to. */
  | { readonly phase: 'choosing' }
  | {
      readonly phase: 'saving'
      readonly name: string
      /** What was written is read back at the end. */
      readonly isReadBack: boolean
      readonly progress: TakeProgress | undefined
    }
  /** All was written, read back and found right. */
  | { readonly phase: 'saved'; readonly text: string; readonly warning: string }
  | { readonly phase: 'stopped'; readonly text: string }
  | { readonly phase: 'failed'; readonly trouble: Trouble; readonly text: string }

/** What saving does with a target, once there is one: gives what to say when all is right. */
type Save = (target: SaveTarget, signal: AbortSignal) => Promise<{ readonly text: string; readonly warning: string }>

const savers = new WeakMap<Session, Saver>()

/** Gives the one that saves for a session. */
export function saverOf(session: Session): Saver {
  const saver = savers.get(session) ?? new Saver(session)
  savers.set(session, saver)
  return saver
}

/** Use {@link saverOf}. */
export class Saver extends SessionWork<SaverState> {
  constructor(session: Session) {
    super(session, { phase: 'idle' })
  }

  /** Whether something is being saved. */
  get isBusy(): boolean {
    return this.state.phase === 'choosing' || this.state.phase === 'saving'
  }

  /**
   * Saves one file. Call it in the click.
   *
   * @param sizeBytes - its size, where it is known
   */
  saveFile({ path, line }: EntryKey, sizeBytes?: number): Promise<void> {
    return this.#save({ name: saveName(path), kind: 'any', sizeBytes }, async (target, signal) => {
      const { take } = this.session.engine
      const tell = this.#teller(target, signal)
      const onProgress = (progress: TakeProgress): void => tell(progress, false)
      const taken = await untilStopped(take.file(path, line, target.stream, onProgress, signal), signal)
      tell(undefined, true)
      await untilStopped(take.checkWrittenFile(await target.written(), taken, signal), signal)
      const by = taken.checkedBy === 'sha256' ? 'SHA-256' : 'CRC-32; the archive records no SHA-256'
      const what = `${target.name}, ${bytesText(taken.sizeBytes)}`
      const warning = taken.isDirty ? 'It changed, or could not be read whole, while it was packed.' : ''
      return { text: savedText(target, what, `checked by ${by}`), warning }
    })
  }

  /** Saves entries, and what is in those that are folders, as an archive of the same members. Call it in the click. */
  saveArchive(paths: readonly string[]): Promise<void> {
    const name = archiveSaveName(this.session.state.archive?.name ?? 'archive', paths)
    return this.#save({ name, kind: 'tar.gz', sizeBytes: undefined }, async (target, signal) => {
      const { take } = this.session.engine
      const tell = this.#teller(target, signal)
      const onProgress = (progress: TakeProgress): void => tell(progress, false)
      const taken = await untilStopped(take.archive(paths, target.stream, onProgress, signal), signal)
      tell(undefined, true)
      const onReadBack = (progress: TakeProgress): void => tell(progress, true)
      await untilStopped(take.checkWritten(await target.written(), taken, onReadBack, signal), signal)
      const what = `${target.name}, ${countText(taken.entryCount, 'entry', 'entries')}, ${bytesText(taken.sizeBytes)}`
      const { dirtyCount } = taken
      const files = dirtyCount === 1 ? '1 file in it' : `${dirtyCount.toLocaleString('en')} files in it`
      const warning = dirtyCount > 0 ? `${files} changed, or could not be read whole, when first packed.` : ''
      return { text: savedText(target, what, 'read back, every member checked'), warning }
    })
  }

  /** Gives what says how far it is. What comes of writing when that is read back already is late, and is not shown. */
  #teller(
    { name }: SaveTarget,
    signal: AbortSignal,
  ): (progress: TakeProgress | undefined, isReadBack: boolean) => void {
    let isWritten = false
    return (progress, isReadBack) => {
      isWritten ||= isReadBack
      if (isWritten === isReadBack && this.isUnderWay(signal))
        this.change({ phase: 'saving', name, isReadBack, progress })
    }
  }

  #save(request: SaveRequest, save: Save): Promise<void> {
    return this.begin(async (signal) => {
      this.change({ phase: 'choosing' })
      let target: SaveTarget | undefined
      try {
        target = await chooseTarget(request)
        if (target === undefined) return { phase: 'idle' }
        this.change({ phase: 'saving', name: target.name, isReadBack: false, progress: undefined })
        addEventListener('beforeunload', askBeforeLeaving)
        const { text, warning } = await save(target, signal)
        signal.throwIfAborted()
        target.keep()
        return { phase: 'saved', text, warning }
      } catch (error) {
        const isLeft = (await target?.discard()) ?? false
        const text = isLeft ? `Nothing was saved; an empty file ${target?.name ?? ''} is left.` : 'Nothing was saved.'
        if (signal.aborted) return { phase: 'stopped', text: `Stopped. ${text}` }
        return { phase: 'failed', trouble: asTrouble(target?.failure ?? error), text }
      } finally {
        removeEventListener('beforeunload', askBeforeLeaving)
      }
    })
  }
}

/** Has the browser ask whether to leave the page, which would lose what is being saved. */
const askBeforeLeaving = (event: Event): void => event.preventDefault()

function savedText({ isDownload }: SaveTarget, what: string, how: string): string {
  return isDownload ? `Given to the browser to download: ${what}; ${how}.` : `Saved: ${what}; ${how}.`
}
