import { findAutomations } from '../../lib/automation/automation-folder.ts';
import { checkAutomations } from '../../lib/checks/check.ts';
import { loadConfig } from '../../lib/config.ts';
import { LOCAL_CONTEXT } from '../deploy.ts';

/* A program of its own, so that it reads the sources as they are now: the checks of synth, without its seconds. */

checkAutomations(await findAutomations(), await loadConfig(LOCAL_CONTEXT.config));
