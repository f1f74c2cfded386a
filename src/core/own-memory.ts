/** PR_SET_DUMPABLE, prctl(2). */
const PR_SET_DUMPABLE = 4;

/**
 * From now on nobody but root reads the memory, the environment and the descriptors of this process, not even what
 * runs as the same user (a decoder that a stream has taken over), and no core file is written. Node has no such call.
 */
export async function hideOwnMemory(): Promise<void> {
  const { default: koffi } = await import('koffi');
  const prctl = koffi
    .load('libc.so.6')
    .func(
      'int prctl(int option, unsigned long a, unsigned long b, unsigned long c, unsigned long d)',
    );
  prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}
