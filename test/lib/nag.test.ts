import { Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { expect, it } from 'vitest';
import { synthesise } from '../support/synth.ts';
it('x', async () => {
  const t=Date.now();
  const s = await synthesise('prod');
  console.log('synth', Date.now()-t);
  const r = new AwsSolutionsChecks(s.app).validateScope(s.app);
  console.log(r.violations.map((v)=>v.ruleName+' '+v.severity+' '+JSON.stringify(v.violatingResources.map((x:any)=>x.constructPath??x.resourceLogicalId))+JSON.stringify(Object.keys(v))).join('\n'));
});
