/** The style sheet of every page: its hash stands in their policy. The console adds its own. */
export const STYLE = `
:root{color-scheme:light dark;--ink:#1b2430;--soft:#55606f;--line:#d5dae1;--paper:#fff;--ground:#f2f4f7;--go:#14532d;--stop:#7f1d1d;--on:#fff;--link:#1d4f91;--focus:#2563eb;--warn:#7a3e00}
@media screen and (prefers-color-scheme:dark){:root{--ink:#e8ecf1;--soft:#a9b4c2;--line:#3a4452;--paper:#1a212b;--ground:#10151c;--go:#86efac;--stop:#fca5a5;--on:#10151c;--link:#9cc4ff;--focus:#7fb0ff;--warn:#ffc58a}}
@media print{:root{color-scheme:light}}
*{box-sizing:border-box}
body{margin:0;background:var(--ground);color:var(--ink);font:17px/1.5 system-ui,-apple-system,"Segoe UI",sans-serif}
main{max-width:42rem;margin:0 auto;padding:1.5rem 1.25rem 3rem;background:var(--paper);min-height:100vh}
@media(min-width:46rem){main{margin:2rem auto;min-height:0;border-radius:12px;padding:2rem 2.25rem;border:1px solid var(--line)}}
h1{font-size:1.65rem;line-height:1.25;margin:.1rem 0 .6rem;overflow-wrap:anywhere}
h2{font-size:1rem;margin:1.2rem 0 .3rem}
p{margin:.4rem 0}ul{margin:.2rem 0;padding-left:1.2rem}
a{color:var(--link)}
.kicker,.until,footer,label span,figcaption,.soft{color:var(--soft);font-size:.9rem}
.brief{font-size:1.05rem}.what{font-size:1.25rem;font-weight:650;line-height:1.35;overflow-wrap:anywhere;white-space:pre-line}
.fault{border-left:4px solid var(--stop);padding:.5rem .8rem;margin:.6rem 0 1rem;background:var(--ground)}.others{margin-top:.8rem}.more label{margin-top:1rem}
form{margin:1.2rem 0 .6rem}
label{display:block;font-weight:600;margin:.6rem 0 .25rem}label span{font-weight:400}
textarea,select,input:not([type=hidden]){width:100%;font:inherit;color:inherit;background:var(--ground);border:1px solid var(--soft);border-radius:6px;padding:.5rem}
.decide{background:var(--paper)}html{scroll-padding-bottom:10rem}.stay,.jump{position:sticky;bottom:0;z-index:1;background:var(--paper);padding:.6rem 0;box-shadow:0 -1px 0 var(--line)}.edits[open]~.stay{position:static}
.jump{margin:1rem 0}.jump a,.next{display:inline-block;min-height:44px;padding:.6rem 1.1rem;border:2px solid;border-radius:8px;font-weight:600;text-decoration:none}.buttons{display:flex;flex-wrap:wrap;gap:.75rem;margin-top:1rem}
button{font:inherit;font-weight:600;padding:.7rem 1.1rem;border-radius:8px;border:2px solid;cursor:pointer;min-height:44px;text-align:left;overflow-wrap:anywhere}
.approve{background:var(--go);border-color:var(--go);color:var(--on)}
.reject{background:transparent;border-color:var(--stop);color:var(--stop)}
.plain{background:transparent;border-color:var(--soft);color:var(--ink)}
:focus-visible{outline:3px solid var(--focus);outline-offset:2px}
mark{background:none;color:inherit;border-bottom:2px solid var(--warn);font-weight:600}.by{color:var(--warn);font-size:.9rem;font-weight:400}
.steps{margin:.2rem 0 .4rem;padding-left:1.6rem}.steps li{margin:.25rem 0;overflow-wrap:anywhere}.steps+.soft{margin-top:0}.shows h3{font-size:1rem;margin:.8rem 0 .1rem;overflow-wrap:anywhere}.shows dl,.changed dl{margin:.2rem 0}.shows div,.changed div{border-left:3px solid var(--ink);padding:.15rem 0 .15rem .9rem;margin:.5rem 0}.changed div{border-left:3px dashed var(--warn)}.shows dt,.changed dt{color:var(--soft);font-size:.9rem}.shows dd,.changed dd{margin:0;white-space:pre-wrap;overflow-wrap:anywhere}
del{color:var(--stop);text-decoration:line-through}ins{color:var(--go);font-weight:600;text-decoration:underline}.short dl{display:flex;flex-wrap:wrap;gap:.1rem 1.5rem}.short div{border:0;padding:0;margin:0}.short dt,.short dd{display:inline}.short dt::after{content:': '}
figure{margin:.6rem 0;padding:.1rem 0 .1rem .9rem;border-left:3px solid var(--line)}
blockquote{margin:0;white-space:pre-line;overflow-wrap:anywhere}
details{margin:1.2rem 0}summary{cursor:pointer;min-height:28px}
table{border-collapse:collapse;width:100%}
th,td{text-align:left;vertical-align:top;padding:.35rem .6rem .35rem 0;border-bottom:1px solid var(--line);white-space:pre-line;overflow-wrap:anywhere}
@media(max-width:34rem){.values,.values tbody,.values tr,.values th,.values td{display:block}.values tr{border-bottom:1px solid var(--line);padding:.35rem 0}.values th,.values td{border:0;padding:0}.values th{color:var(--soft);font-weight:400;font-size:.9rem}}
.values th{overflow-wrap:break-word;max-width:14rem}.looked th{width:10rem;box-sizing:border-box}.looked tr:last-child>*{border-bottom:0}.family,.agents li{overflow-wrap:anywhere}.family ul{margin-top:0}.agents details{margin:.3rem 0}
.compared table{font-size:.95rem}.compared thead th{color:var(--soft);font-weight:400;font-size:.9rem}.compared tbody th{font-weight:600}.differs>*{background:var(--ground)}.differs>:first-child{border-left:4px solid var(--stop);padding-left:.6rem}.differs>:last-child{color:var(--stop);font-weight:600}
@media(max-width:34rem){.compared thead{position:absolute;clip-path:inset(50%)}.compared table,.compared tbody,.compared tr,.compared tbody th,.compared td{display:block}.compared tr{border-bottom:1px solid var(--line);padding:.4rem 0}.compared tr.differs{border-left:4px solid var(--stop);background:var(--ground);padding-left:.6rem}.compared tbody th,.compared td{border:0!important;padding:0}.compared .differs>:first-child{padding-left:0}.compared td:empty{display:none}.compared td::before{content:attr(data-of) ': ';color:var(--soft);font-weight:400}}
.danger{border:6px double var(--stop);border-radius:8px;padding:.6rem .9rem;margin:.8rem 0}.danger b{color:var(--stop)}main:has(>.danger),.panel:has(>.danger){outline:6px double var(--stop);outline-offset:-7px}main:has(>.danger) .approve{background:transparent;color:var(--stop);border:4px double var(--stop)}
.became{border-left:4px solid var(--link);background:var(--ground);padding:.6rem .8rem;margin:.8rem 0}.became.done{border-color:var(--go)}.became.parked,.became.refused{border-color:var(--stop)}.became.parked b,.became.refused b{color:var(--stop)}
.ways{display:flex;flex-wrap:wrap;gap:.75rem 1.25rem;align-items:center;margin:1rem 0}.claim{border-color:var(--warn)}button:disabled{opacity:.55;cursor:not-allowed}
footer{margin-top:1.5rem;border-top:1px solid var(--line);padding-top:.7rem}
.note{border-left:4px solid var(--link);padding:.5rem .8rem;background:var(--ground)}
.quiet{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}.quiet input:not([type=hidden]){width:12rem}
.paper{border-left:0;padding:0;margin:1rem 0 1.6rem}.paper figcaption{overflow-wrap:anywhere;margin:.2rem 0 .5rem}
.quotes{margin:0 0 .8rem;padding-left:1.6rem}.quotes li{margin:.5rem 0}.quotes q{overflow-wrap:anywhere;font-weight:600}
.cutout,.sheet img{background:#fff;border:1px solid var(--line);border-radius:4px;width:100%;height:auto}.cutout{display:block;max-height:12rem;margin:.25rem 0}
.sheet{display:block;text-decoration-thickness:1px}.sheet>span{display:block;position:relative}.sheet img{display:block}.sheet svg{position:absolute;inset:0;width:100%;height:100%}
.agents ol{margin:.2rem 0;padding-left:1.4rem}.agents li{margin:.4rem 0;overflow-wrap:anywhere}.agents details{margin:.1rem 0 .5rem}
.paper rect{fill:#f59e0b2b;stroke:#b45309;stroke-width:1.4}.paper circle{fill:#b45309}.paper text{fill:#fff;font:700 8px system-ui,sans-serif;text-anchor:middle}
`;
