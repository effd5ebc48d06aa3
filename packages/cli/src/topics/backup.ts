/** The guide `isptar help backup`. Every command in it is run by a test. */

/** A week of backups, from the first archive to the cron table. At most 80 columns, but for that. */
export const BACKUP_GUIDE: string = String.raw`A full backup each week, differentials in between: of /srv, kept in /backup.

Sunday: everything.

  $ isptar create -C / /backup/sun.tgz srv

The days after: what has changed since the day before. The rest is referred to,
also files that were moved or touched: they are found by their content.

  $ isptar create -C / /backup/mon.tgz srv --base /backup/sun.tgz
  $ isptar create -C / /backup/tue.tgz srv --base /backup/mon.tgz
  $ isptar create -C / /backup/wed.tgz srv --base /backup/tue.tgz

An archive knows its bases by name and content, and finds them in its own
folder: keep them together. --base says where they are otherwise. With Sunday's
as the base every day, archives are larger, and each needs only that one.

LOOK. versions says which archive has which version of a file, and what
restoring it would read. diff says what changed.

  $ isptar list -l --human /backup/wed.tgz srv/site
  $ isptar versions srv/site/index.html /backup/wed.tgz
  $ isptar diff /backup/sun.tgz /backup/wed.tgz && echo nothing

RESTORE one file as it was on Tuesday; then all of it, and nothing else, as it
was on Wednesday, as root. --same-permissions gives files their setuid and
setgid bits, which are left out otherwise, and ignores the umask; --devices
makes device nodes, which are refused otherwise. Both are for archives of yours.

  $ isptar extract /backup/tue.tgz -C /restore srv/site/index.html
  $ isptar extract /backup/wed.tgz -C /restore --overwrite --delete \
      --same-permissions --devices

CHECK that every byte can be read, and that a restored tree is what was packed.
Do it also with archives that come back from other disks.

  $ isptar verify /backup/wed.tgz
  $ isptar diff --checksum /backup/wed.tgz /restore

THIN OUT. prune keeps what its rules say and what that needs, and says why. It
deletes only with --delete. Name all archives: then no base is lost.

  $ isptar prune --daily 7 --weekly 4 --monthly 12 /backup/*.tgz
  $ isptar prune --daily 7 --weekly 4 --monthly 12 /backup/*.tgz --delete

ELSEWHERE. Slices leave while the archive is written. The disk needs room for
two slices and the journal; with --no-resume two slices. The catalogue stays; it
is all that the next backup needs. To restore, give it as the listing: only the
slices that are read are fetched.

  $ isptar create -C / /backup/far.tgz srv --save-listing /backup/far.cat \
      --slice 1G --on-slice "rclone moveto %f store:%b.part%n"
  $ isptar create -C / /backup/near.tgz srv --base /backup/far.cat
  $ isptar extract /backup/far.tgz -C /restore/far srv/site/index.html \
      --listing /backup/far.cat --fetch-slice "rclone copyto store:%b.part%n %f"

near.tgz was made against the catalogue, which has no data: restoring it takes
far.tgz itself. Name its last slice as the base, here the seventh.

  $ isptar extract /backup/near.tgz -C /restore/near --same-permissions \
      --devices --base /backup/far.tgz.part7 \
      --fetch-slice "rclone copyto store:%b.part%n %f"

ANOTHER MACHINE. pull packs what is there and writes it here, by ssh; isptar
must be installed on both. It takes --base and --slice as create does.

  $ isptar pull -C / root@web:srv /backup/web.tgz

BY CRON, in /etc/cron.d/backup. isptar is silent unless something is amiss, and
cron mails that. Exit code 1 says that the archive is whole, but some files
could not be read or changed meanwhile.

  0 2 * * 0    root  isptar create -C / /backup/full-$(date +\%F).tgz srv
  0 2 * * 1-6  root  isptar create -C / /backup/day-$(date +\%F).tgz srv --base "$(ls /backup/full-*.tgz | tail -n 1)"
  0 6 * * *    root  for a in /backup/*-$(date +\%F).tgz; do isptar verify -q "$a"; done
  0 7 * * 0    root  isptar prune --daily 14 --weekly 8 --delete /backup/*-*.tgz >/dev/null
`
