import { deployedAutomations } from '../../lib/automation/automation-folder.ts';
import { checkAutomations } from '../../lib/checks/check.ts';
import { loadConfig } from '../../lib/config.ts';
import { LOCAL_CONFIG } from '../deploy.ts';

/*
 * A program of its own, so that it reads the sources as they are now: the checks of synth, without its
 * seconds.
 */

const config = await loadConfig(LOCAL_CONFIG);
checkAutomations(await deployedAutomations(config), config);
