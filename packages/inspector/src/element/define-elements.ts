/** Names of the elements that every visit needs; those of the other tabs are in `tab-elements.ts`. */
import { AboutDialog } from '../views/about-dialog.ts'
import { ArchivePicker } from '../views/archive-picker.ts'
import { BaseDialog } from '../views/base-dialog.ts'
import { EntryFacts } from '../views/entry-facts.ts'
import { EntryPanel } from '../views/entry-panel.ts'
import { EntryPreview } from '../views/entry-preview.ts'
import { FileList } from '../views/file-list.ts'
import { FilesView } from '../views/files-view.ts'
import { FolderTree } from '../views/folder-tree.ts'
import { HexPreview } from '../views/hex-preview.ts'
import { ImagePreview } from '../views/image-preview.ts'
import { ListBar } from '../views/list-bar.ts'
import { NestedPreview } from '../views/nested-preview.ts'
import { SaveButton } from '../views/save-button.ts'
import { StartView } from '../views/start-view.ts'
import { TakeBar } from '../views/take-bar.ts'
import { TextPreview } from '../views/text-preview.ts'
import { TroubleNotice } from '../views/trouble-notice.ts'
import { define } from './define.ts'
import { IsptarInspector } from './isptar-inspector.ts'

/** Registers those that are not registered yet. */
export function defineElements(): void {
  define({
    'isptar-about-dialog': AboutDialog,
    'isptar-archive-picker': ArchivePicker,
    'isptar-base-dialog': BaseDialog,
    'isptar-entry-facts': EntryFacts,
    'isptar-entry-panel': EntryPanel,
    'isptar-entry-preview': EntryPreview,
    'isptar-file-list': FileList,
    'isptar-files-view': FilesView,
    'isptar-folder-tree': FolderTree,
    'isptar-hex-preview': HexPreview,
    'isptar-image-preview': ImagePreview,
    'isptar-list-bar': ListBar,
    'isptar-nested-preview': NestedPreview,
    'isptar-save-button': SaveButton,
    'isptar-start-view': StartView,
    'isptar-take-bar': TakeBar,
    'isptar-text-preview': TextPreview,
    'isptar-trouble-notice': TroubleNotice,
    'isptar-inspector': IsptarInspector,
  })
}
