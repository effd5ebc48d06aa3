/** How each program packs a tree: { name, command, output, check }, each with what must be installed for it. */
import { quote } from '../measure/run-shell.mjs'
import { ISPTAR, script } from '../peers/programs.mjs'
import { checkDar, checkSquashfs, checkTar, checkZip } from './checks.mjs'

/** What creating is compared with. */
export const TAR_PIGZ = 'tar, pigz -6 -p2'

/**
 * Gives the packers by a short key. All but isptar's options are those of level 6 on two cores, where a program has them.
 *
 * @param corpus - what is packed
 * @param path - gives the path of an output by its name
 */
export function packersOf(corpus, path) {
  const tree = quote(corpus.tree)
  const tar = `tar -cf - -C ${tree} .`
  const packer = (name, outputName, toCommand, needs, check = checkTar) => {
    const output = path(outputName)
    return {
      name,
      output,
      sized: true,
      command: toCommand(quote(output)),
      check: () => check(output, corpus),
      ...needs,
    }
  }
  const isptar = (options, outputName) =>
    packer(`isptar${options}`, outputName, (out) => `${ISPTAR} create${options} ${out} -C ${tree} .`, {})
  return {
    isptar: isptar('', 'isptar.tgz'),
    isptarNoDigest: isptar(' --digest none', 'isptar-n.tgz'),
    isptarGroups: isptar(' --group 64K', 'isptar-g.tgz'),
    tarPigz: packer(TAR_PIGZ, 'pigz.tgz', (out) => `${tar} | pigz -6 -p2 > ${out}`, { programs: ['tar', 'pigz'] }),
    tarGzip: packer('tar -z', 'gzip.tgz', (out) => `tar -czf ${out} -C ${tree} .`, { programs: ['tar', 'gzip'] }),
    bsdtar: packer('bsdtar -z', 'bsd.tgz', (out) => `bsdtar -czf ${out} -C ${tree} .`, { programs: ['bsdtar'] }),
    zip: packer(
      'zip -6',
      'a.zip',
      (out) => `cd ${tree} && zip -q -6 -r ${out} .`,
      { programs: ['zip', 'zipinfo'] },
      checkZip,
    ),
    dar: packer(
      'dar, gzip:6',
      'a.1.dar',
      (out) => `dar -q -Q -c ${out.replace('.1.dar', '')} -R ${tree} -zgzip:6`,
      { programs: ['dar'] },
      checkDar,
    ),
    squashfs: packer(
      'mksquashfs, gzip 6',
      'a.sqsh',
      (out) => `mksquashfs ${tree} ${out} -comp gzip -Xcompression-level 6 -processors 2 -no-progress -quiet`,
      { programs: ['mksquashfs', 'unsquashfs'] },
      checkSquashfs,
    ),
    bgzip: packer('tar, bgzip -l6 -@2', 'b.tgz', (out) => `${tar} | bgzip -c -l 6 -@ 2 > ${out}`, {
      programs: ['tar', 'bgzip'],
    }),
    nodeTar: packer('node-tar', 'n.tgz', (out) => `${script('node-tar.mjs')} create ${out} ${tree}`, {
      packages: ['tar'],
    }),
    archiver: packer('archiver', 'r.tgz', (out) => `${script('archiver.mjs')} ${out} ${tree}`, {
      packages: ['archiver'],
    }),
    modernTar: packer('modern-tar', 'm.tgz', (out) => `${script('modern-tar.mjs')} create ${out} ${tree}`, {
      packages: ['modern-tar'],
    }),
  }
}
