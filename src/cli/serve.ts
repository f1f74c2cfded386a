import { Command } from 'commander';
import { loadConfig } from '../config/load.ts';
import type { Config } from '../config/schema.ts';
import { looseSecrets } from '../config/secret-places.ts';
import { describe } from '../core/errors.ts';
import type { Logger } from '../core/log.ts';
import { createNotifier, startWatchdog } from '../core/notify-socket.ts';
import { hideOwnMemory } from '../core/own-memory.ts';
import { type Gateway, startGateway } from '../gateway.ts';
import { type CliContext, cliLogger } from './context.ts';
import { configOption } from './options.ts';
import { untilStopped } from './signals.ts';

/** `liveview serve`: the daemon. SIGTERM and SIGINT stop it, SIGHUP reads the configuration again. */
export function serveCommand(context: CliContext): Command {
  return new Command('serve')
    .description('run the gateway')
    .addOption(configOption())
    .action((options: { config: string }) => serve(context, options.config));
}

async function serve(context: CliContext, file: string): Promise<void> {
  const config = loadConfig(file);
  const log = cliLogger(context, config.gateway.logLevel);
  warnOfLooseSecrets(log, config);
  await hideOwnMemory();
  const notifier = await createNotifier(context.env);
  const gateway = await startGateway({ config, log });
  const stopWatchdog = await startWatchdog(watched(log, gateway), context.env);
  // Before it says that it is ready: whoever hears that may send a signal.
  const stopped = untilStopped(log, async () => {
    notifier.reloading();
    await reload(log, gateway, file);
    notifier.ready();
  });
  logReady(log, gateway);
  notifier.ready();
  await stopped;
  notifier.stopping();
  stopWatchdog();
  await gateway.stop();
  log.info('stopped');
}

/**
 * What the service manager is told. A journal that cannot be written is no reason to start again: that
 * would mend no disk, and cut off the pictures that the centre still has.
 */
function watched(log: Logger, gateway: Gateway): () => boolean {
  const serving = onChange((does) =>
    does
      ? log.info('serving again')
      : log.error('not serving: the service manager will restart the gateway'),
  );
  return () => serving(gateway.isServing());
}

function onChange(tell: (value: boolean) => void): (value: boolean) => boolean {
  let before = true;
  return (value) => {
    if (value !== before) tell(value);
    before = value;
    return value;
  };
}

function warnOfLooseSecrets(log: Logger, config: Config): void {
  for (const { message } of looseSecrets(config)) log.warn(message);
}

function logReady(log: Logger, gateway: Gateway): void {
  const { centreUrl, policeUrl } = gateway;
  log.info('ready', { centre: centreUrl, police: policeUrl ?? 'none configured' });
}

/** A bad configuration changes nothing: the old one stays in force and the log says what is wrong. */
async function reload(log: Logger, gateway: Gateway, file: string): Promise<void> {
  try {
    const config = loadConfig(file);
    warnOfLooseSecrets(log, config);
    const restart = await gateway.reload(config);
    log.info('configuration read again');
    if (restart.length > 0)
      log.warn(`changes in ${restart.join(', ')} take effect after a restart`);
  } catch (error) {
    log.error(`configuration not taken over, the old one stays: ${describe(error)}`);
  }
}
