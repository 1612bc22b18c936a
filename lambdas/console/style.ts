/** What the console's pages have beside the style sheet of every page; its hash stands in their policy. */
export const CONSOLE_STYLE = `
.console{font-size:16px}.console [hidden]{display:none}
.console main{max-width:76rem;margin:0 auto;padding:1.75rem 1.5rem 3rem;background:none;border:0;min-height:0}
.skip{position:absolute;left:-99rem;top:.25rem;z-index:1;padding:.6rem 1rem;background:var(--paper);border-radius:6px}.skip:focus{left:.5rem}
.bar{background:var(--paper);border-bottom:1px solid var(--line)}
.bar>div{max-width:76rem;margin:0 auto;padding:.4rem 1.5rem;display:flex;flex-wrap:wrap;align-items:center;gap:.1rem 2rem}
.brand{font-weight:700;letter-spacing:-.01em;color:var(--ink);text-decoration:none;padding:.5rem 0}
.bar ul,.spans ul{display:flex;flex-wrap:wrap;gap:.1rem .25rem;list-style:none;margin:0;padding:0}
.bar nav{flex:1}.bar form{margin:0}.who{display:flex;flex-wrap:wrap;align-items:center;justify-content:flex-end;gap:0 .5rem;color:var(--soft);font-size:.9rem;overflow-wrap:anywhere}
.bar nav a,.link,.spans a{display:block;padding:.45rem .7rem;min-height:0;border:0;border-radius:6px;background:none;color:var(--soft);font-weight:500;text-decoration:none}
.bar nav a:hover,.link:hover,.spans a:hover{color:var(--ink);background:var(--ground)}
.bar nav a[aria-current],.spans a[aria-current]{color:var(--ink);font-weight:650;box-shadow:inset 0 -3px var(--link);border-radius:6px 6px 0 0}
.panel{background:var(--paper);border:1px solid var(--line);border-radius:12px;padding:1.5rem 1.75rem;max-width:44rem;margin:0 auto 1.25rem}
.panel>h2:first-child,.panel section:first-child h2{margin-top:0}
.panel>.note:first-child{margin-top:0}
.filter{display:flex;flex-wrap:wrap;gap:.75rem 1rem;align-items:end;margin:.75rem 0 1.25rem}
.filter label{margin:0 0 .15rem;font-size:.85rem;font-weight:500;color:var(--soft)}
.filter select{background:var(--paper);min-width:8.5rem;padding:.4rem .5rem}.filter .plain{min-height:0;padding:.4rem 1.1rem;border-width:1px}
.filter input:not([type=hidden]){background:var(--paper);padding:.4rem .5rem}.filter input:not([type=hidden]),.filter select,.filter .plain{height:2.7rem}.filter .search{flex:1 1 15rem}.filter label span{font-size:.85rem}
.list{background:var(--paper);border:1px solid var(--line);border-radius:12px;border-spacing:0;border-collapse:separate}
.list th,.list td{padding:.65rem .9rem;white-space:normal;overflow-wrap:break-word;font-weight:400}.list time{white-space:nowrap}.list .late time{white-space:normal}
.list thead th{font-size:.85rem;color:var(--soft);padding-block:.5rem;white-space:nowrap}.list thead a{color:inherit;display:inline-block;min-height:24px;text-decoration-color:var(--line)}.list [aria-sort] a{color:var(--ink);font-weight:650}
.list tbody th[scope=row]{width:34%}.list .amount,.number{font-variant-numeric:tabular-nums;white-space:nowrap}.list tbody:last-child tr:last-child>*{border-bottom:0}
.list .bucket th{background:var(--ground);font-size:.85rem;font-weight:650;padding-block:.35rem}
.list .soft,.log .soft,.wide .soft{display:block;font-size:.85rem;font-weight:400}
.list tbody tr:has(.row-link:hover,.row-link:focus-visible){background:color-mix(in srgb,var(--link) 7%,transparent)}
.list tr:has(.mark.catastrophic)>:first-child{box-shadow:inset 5px 0 var(--stop)}.mark.catastrophic{font-weight:650}
.row-link{font-weight:600;color:var(--ink);text-decoration-color:var(--line);text-underline-offset:.2em;display:inline-block;min-height:24px}
input[type=checkbox]:not([type=hidden]){width:1.5rem;height:1.5rem;margin:0;accent-color:var(--link);vertical-align:middle}td.pick{width:3.5rem}
.many{margin:0}.all{list-style:none;margin:0;padding:0}.all .panel,.many>label,.many>textarea{max-width:48rem}.all .panel{margin:0 0 1.25rem}label.pick{display:flex;gap:.6rem;align-items:center;margin:0 0 .8rem}.all .what{margin:.2rem 0;font-size:1.25rem}
.record tbody th[scope=row]{width:9.5rem}.list.record time,.list.decided time{white-space:normal}.list.decided tbody th[scope=row]{width:30%}.list .line{display:block}.record q{font-style:italic}h3{font-size:.95rem;margin:1rem 0 .4rem}
.mark{white-space:nowrap}.late{font-weight:650}.late,.catastrophic,.rejected{color:var(--stop)}.consequential{color:var(--warn)}.approved,.edited{color:var(--go)}
time{text-decoration:none}.note time{white-space:nowrap}
.pages{display:flex;justify-content:space-between;align-items:center;gap:1rem;margin:1rem 0}.pages a,.files a,.back a{display:inline-block;padding:.4rem .2rem}.files a{margin-right:1rem}
.empty{background:var(--paper);border:1px dashed var(--line);border-radius:12px;padding:2.25rem 1.5rem;text-align:center;color:var(--soft)}
.back{margin:-.75rem 0 .5rem}
.beside{display:grid;gap:1.25rem;align-items:start}.beside .panel{margin:0;max-width:none;min-width:0}
@media(min-width:64rem){.beside{grid-template-columns:minmax(0,42rem) minmax(20rem,1fr)}}
.beside aside{font-size:.92rem}.beside aside tbody th{min-width:9.5rem}.log{margin-bottom:1rem}.log th,.log td{white-space:normal;font-weight:400}.log th{overflow-wrap:break-word}.log th .line{overflow-wrap:anywhere}.log thead th{color:var(--soft);font-size:.85rem}.log caption:not(.quiet){text-align:left;font-weight:600;padding:.5rem 0 .2rem}
.log a{display:inline-block;min-height:24px;overflow-wrap:anywhere}.log .line{display:block}.log td.number{white-space:nowrap}pre.values{white-space:pre-wrap;overflow-wrap:anywhere;font-size:.85rem}
.log td:first-child{white-space:nowrap;font-variant-numeric:tabular-nums}.log q{display:block;font-style:italic}
.cols{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,26rem),1fr));gap:1.25rem;align-items:start;margin-top:1rem}.cols .panel{margin:0;max-width:none}.cols .column .panel+.panel{margin-top:1.25rem}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(10.5rem,1fr));gap:1rem;margin:1rem 0 1.5rem}
.tile{background:var(--paper);border:1px solid var(--line);border-radius:12px;padding:1rem 1.25rem}.tile h2{margin:0;font-size:.9rem;font-weight:500;color:var(--soft)}
.figure{font-size:1.9rem;font-weight:650;line-height:1.2;margin:.2rem 0;font-variant-numeric:tabular-nums}
.wide{overflow-x:auto;background:linear-gradient(90deg,var(--paper) 40%,transparent) 0/2rem 100% no-repeat local,linear-gradient(270deg,var(--paper) 40%,transparent) 100%/2rem 100% no-repeat local,linear-gradient(90deg,var(--line),transparent) 0/.7rem 100% no-repeat scroll,linear-gradient(270deg,var(--line),transparent) 100%/.7rem 100% no-repeat scroll,var(--paper);border:1px solid var(--line);border-radius:12px;padding:.4rem 1.1rem}.wide tr:last-child>*{border-bottom:0}.wide th,.wide td{white-space:normal;overflow-wrap:normal}
.charts .panel{max-width:none;margin:0 0 1.25rem;padding:1.1rem 1.5rem;border-left:1px solid var(--line)}.charts .cols{margin:0}.charts h2{margin:0 0 .5rem}.chart details{margin:.6rem 0 0}.chart th,.chart td{white-space:nowrap;overflow-wrap:normal;padding-right:1rem}
.scroll{overflow-x:auto}.scroll:has(>.broad){direction:rtl}.chart svg{direction:ltr;display:block;width:100%;height:auto}.chart .broad{min-width:40rem}.chart .narrow{min-width:18rem;max-width:34rem}.chart text{fill:var(--soft);font-size:12px;font-variant-numeric:tabular-nums}.chart .narrow text{font-size:13px}.chart .sum{fill:var(--ink);font-weight:600}.chart .grid{stroke:var(--line)}.chart .mark{stroke:var(--ink);stroke-width:1.5;stroke-dasharray:3 3}
.legend{display:flex;flex-wrap:wrap;gap:.2rem 1.1rem;list-style:none;margin:0 0 .6rem;padding:0;font-size:.9rem;color:var(--soft)}.chart .key{display:inline-block;width:.8rem;vertical-align:-.05rem}
.chart rect{stroke:var(--paper);stroke-width:1}.fill-approved{fill:#2b7a57}.fill-edited{fill:#2f6fb7}.fill-rejected{fill:#b0392b}.fill-sent-back{fill:#a86a12}.fill-expired{fill:#77828f}.fill-plain{fill:var(--link)}.chart path{fill:none;stroke-width:2}.line-plain{stroke:var(--link)}.line-rejected{stroke:#b0392b}.dashed{stroke-dasharray:5 4}
@media screen and (prefers-color-scheme:dark){.fill-approved{fill:#5fc795}.fill-edited{fill:#7fb0ff}.fill-rejected{fill:#f08a80}.fill-sent-back{fill:#e8b25c}.fill-expired{fill:#8e9aa8}.line-rejected{stroke:#f08a80}}
input[type=range]:not([type=hidden]){min-height:2.2rem;padding:0;border:0;background:none;accent-color:var(--link)}fieldset{border:1px solid var(--line);border-radius:8px;margin:1rem 0 0;padding:.2rem .9rem 1rem;min-width:0}legend{font-weight:600;padding:0 .3rem;margin-left:-.3rem}
.fields{display:grid;grid-template-columns:repeat(auto-fit,minmax(11rem,1fr));gap:0 1rem}
.keys th[scope=row]{width:5rem}kbd{font:600 .85em ui-monospace,monospace;border:1px solid var(--soft);border-bottom-width:2px;border-radius:5px;padding:.1rem .45rem}
.keys-hint{max-width:76rem;margin:0 auto;padding:0 .8rem 1.5rem}
@media(hover:none){.keys-hint{display:none}}
dialog{background:var(--paper);color:var(--ink);border:1px solid var(--line);border-radius:12px;max-width:32rem;width:calc(100vw - 2rem);padding:1.5rem 1.75rem}dialog::backdrop{background:rgb(0 0 0/.45)}dialog h2{font-size:1.2rem;margin:0 0 .5rem}
.tile h3+.figure{font-size:1.3rem}.tile h3{margin:0;font-size:.9rem;font-weight:500;color:var(--soft)}.tile p.soft,.trend{margin:.1rem 0;font-size:.85rem}.trend{font-weight:600}.report{max-width:56rem}.report a{display:inline-block;min-height:24px}.report .chart.panel{border:0;padding:0}.figures td,.figures thead th:not(:first-child){text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums;padding-left:.6rem}.figures th{font-weight:400;overflow-wrap:normal;white-space:normal}@media(max-width:46rem){.figures{font-size:.8rem}.figures td,.figures thead th:not(:first-child){padding-left:.15rem;padding-right:.3rem}}.report h3+ul{margin-top:0}.known dl{margin:0}.known dt{color:var(--soft);font-size:.85rem}.known dd{margin:0 0 .7rem}.known ul{margin:0;padding-left:1.2rem}
@media print{.bar,.skip,.spans,.files,.back,.buttons,.keys-hint,.console form,summary{display:none}.tile,.wide,figure,tr{break-inside:avoid}h2,h3{break-after:avoid}details::details-content{content-visibility:visible;block-size:auto}.tiles{grid-template-columns:repeat(5,1fr);gap:.4rem;margin:.4rem 0 .8rem}.tile{padding:.5rem .6rem}.panel{padding:.6rem .8rem}.chart table{font-size:.75rem}.chart th,.chart td{padding:.1rem .6rem .1rem 0}.console main{max-width:none;padding:0}.cols{grid-template-columns:1fr 1fr;gap:.8rem}.chart .broad,.chart .narrow{min-width:0}body{font-size:14px;background:none}.scroll,.wide{overflow:visible}}
@media(max-width:46rem){
.console main{padding:1.1rem .9rem 2rem}.bar>div{padding:.3rem .9rem}.panel{padding:1.1rem 1rem}
.bar nav{flex-basis:100%;order:1;margin-left:-.5rem}.bar form{margin-left:auto}.bar ul{gap:0}.bar nav a,.link{padding:.4rem .35rem;font-size:.92rem}
.filter{display:grid;grid-template-columns:1fr 1fr}.filter>div{min-width:0}.filter select,.filter input:not([type=hidden]){min-width:0}
.list,.list tbody,.list tr,.list th,.list td{display:block;width:auto!important;border:0}.list{background:none}
.list thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
.list tbody tr{background:var(--paper);border:1px solid var(--line);border-radius:12px;margin:0 0 .75rem;padding:.7rem .9rem}
.list tr:has(.mark.catastrophic){border-color:var(--stop);border-left-width:5px}.list tr:has(.mark.catastrophic)>:first-child{box-shadow:none}
.list tr.bucket{background:none;border:0;padding:.2rem 0;margin:0}.list .bucket th{background:none}
.list tbody th,.list tbody td{padding:.1rem 0!important}
.list td.pick:empty,.list td:has(>span:empty){display:none}.log td:first-child{white-space:normal;min-width:6.5rem}.list td.pick{float:right}.list tr:has(.pick input) .row-link{max-width:calc(100% - 3rem)}.filter .search{grid-column:1/-1}.who{font-size:.85rem}
.list time{white-space:normal}.list td{display:flex;gap:.75rem}.list td::before{content:attr(data-name);content:attr(data-name)/"";color:var(--soft);font-size:.85rem;flex:0 0 7.25rem}}
`;
