import { existsSync, realpathSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';

/**
 * What an encoder may open: the programs and libraries of the system, and devices that encode. Not what is the
 * gateway's: its data, its configuration, its credentials; nor `/proc`, where other processes are.
 */
const READ = ['/usr', '/bin', '/lib', '/lib32', '/lib64', '/etc/ld.so.cache', '/sys'];
const USED = ['/dev/null', '/dev/zero', '/dev/random', '/dev/urandom', '/dev/dri', '/dev/kfd'];
/** Drivers of NVIDIA name their devices so; those that are there are used. */
const NVIDIA = ['/dev/nvidia0', '/dev/nvidiactl', '/dev/nvidia-uvm', '/dev/nvidia-modeset'];

/**
 * Landlock (landlock(7)) for what it becomes: beneath these paths reading or using, elsewhere nothing. Debian has no
 * program for it, and perl on every system. The numbers of the calls are those of all architectures (since Linux 5.13).
 *
 * Each right has a bit (linux/landlock.h): execute 1, write 2, read files 4 and folders 8, …; what newer kernels know
 * (moving between folders, cutting files, orders to devices) is taken away where they do. Since 6.12 signals and abstract
 * sockets end at the same wall. Ends with an error when the kernel has no Landlock, or does not let it be used.
 */
const LANDLOCK = `
my $abi = syscall(444, 0, 0, 1);
exit 1 if $abi < 1;
my $all = $abi >= 5 ? 0xffff : $abi >= 3 ? 0x7fff : $abi >= 2 ? 0x3fff : 0x1fff;
my $rules = pack($abi >= 6 ? "QQQ" : "Q", $all, 0, 3);
my $set = syscall(444, $rules, length $rules, 0);
exit 1 if $set < 0;
while ((my $rule = shift) ne "--") {
  my ($use, $path) = unpack("a1 a*", $rule);
  sysopen(my $at, $path, 0x200000) or next;
  my $rights = ($use eq "u" ? 0x800e | 1 : 0x000d) & $all;
  $rights &= ~8 unless -d $path;
  my $beneath = pack("Ql", $rights, fileno $at);
  exit 1 if syscall(445, $set, 1, $beneath, 0) < 0;
  close $at;
}
exit 1 if syscall(446, $set, 0) < 0;
exec { $ARGV[0] } @ARGV;
exit 1;
`;

/** The step that shuts everything else. @param program what is run at last, wherever it lies. */
export function fileRules(program: string, env: NodeJS.ProcessEnv = process.env): string[] {
  const libraries = (env['LD_LIBRARY_PATH'] ?? '').split(delimiter).filter(Boolean);
  const own = existsSync(program) ? [program, realpathSync(program)] : [];
  const besides = own.map((path) => join(dirname(path), '../lib'));
  const rules = [
    ...[...READ, ...libraries, ...own, ...besides].map((path) => `r${path}`),
    ...[...USED, ...NVIDIA].map((path) => `u${path}`),
  ];
  return ['perl', '-e', LANDLOCK, ...new Set(rules), '--'];
}
