/** Names of all elements. */
import { AboutDialog } from '../views/about-dialog.ts'
import { ArchivePicker } from '../views/archive-picker.ts'
import { BaseDialog } from '../views/base-dialog.ts'
import { BytesView } from '../views/bytes-view.ts'
import { CheckView } from '../views/check-view.ts'
import { CompareView } from '../views/compare-view.ts'
import { DifferenceList } from '../views/difference-list.ts'
import { EntryPanel } from '../views/entry-panel.ts'
import { FileList } from '../views/file-list.ts'
import { FilesView } from '../views/files-view.ts'
import { FolderTree } from '../views/folder-tree.ts'
import { ListBar } from '../views/list-bar.ts'
import { PictureView } from '../views/picture-view.ts'
import { StartView } from '../views/start-view.ts'
import { TakeBar } from '../views/take-bar.ts'
import { TroubleNotice } from '../views/trouble-notice.ts'
import { IsptarInspector } from './isptar-inspector.ts'

const ELEMENTS: Readonly<Record<string, CustomElementConstructor>> = {
  'isptar-about-dialog': AboutDialog,
  'isptar-archive-picker': ArchivePicker,
  'isptar-base-dialog': BaseDialog,
  'isptar-bytes-view': BytesView,
  'isptar-check-view': CheckView,
  'isptar-compare-view': CompareView,
  'isptar-difference-list': DifferenceList,
  'isptar-entry-panel': EntryPanel,
  'isptar-file-list': FileList,
  'isptar-files-view': FilesView,
  'isptar-folder-tree': FolderTree,
  'isptar-list-bar': ListBar,
  'isptar-picture-view': PictureView,
  'isptar-start-view': StartView,
  'isptar-take-bar': TakeBar,
  'isptar-trouble-notice': TroubleNotice,
  'isptar-inspector': IsptarInspector,
}

/** Registers those that are not registered yet. */
export function defineElements(): void {
  for (const [name, constructor] of Object.entries(ELEMENTS))
    if (customElements.get(name) === undefined) customElements.define(name, constructor)
}
