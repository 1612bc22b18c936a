export const STYLE = `
:root{color-scheme:light dark;--ink:#1b2430;--soft:#55606f;--line:#d5dae1;--paper:#fff;--ground:#f2f4f7;--go:#14532d;--stop:#7f1d1d;--on:#fff}
@media(prefers-color-scheme:dark){:root{--ink:#e8ecf1;--soft:#a9b4c2;--line:#3a4452;--paper:#1a212b;--ground:#10151c;--go:#86efac;--stop:#fca5a5;--on:#10151c}}
*{box-sizing:border-box}
body{margin:0;background:var(--ground);color:var(--ink);font:17px/1.5 system-ui,-apple-system,"Segoe UI",sans-serif}
main{max-width:42rem;margin:0 auto;padding:1.5rem 1.25rem 3rem;background:var(--paper);min-height:100vh}
@media(min-width:46rem){main{margin:2rem auto;min-height:0;border-radius:12px;padding:2rem 2.25rem;border:1px solid var(--line)}}
h1{font-size:1.65rem;line-height:1.25;margin:.1rem 0 .6rem;overflow-wrap:anywhere}
h2{font-size:1rem;margin:1.2rem 0 .3rem}
p{margin:.4rem 0}ul{margin:.2rem 0;padding-left:1.2rem}
.kicker,.until,footer,label span,figcaption{color:var(--soft);font-size:.9rem}
.brief{font-size:1.05rem}
.fault{border-left:4px solid var(--stop);padding:.5rem .8rem;background:var(--ground)}
form{margin:1.2rem 0 .6rem}
label{display:block;font-weight:600;margin:.6rem 0 .25rem}label span{font-weight:400}
textarea,input:not([type=hidden]){width:100%;font:inherit;color:inherit;background:var(--ground);border:1px solid var(--soft);border-radius:6px;padding:.5rem}
.buttons{display:flex;flex-wrap:wrap;gap:.75rem;margin-top:1rem}
button{font:inherit;font-weight:600;padding:.7rem 1.1rem;border-radius:8px;border:2px solid;cursor:pointer;min-height:44px;text-align:left}
.approve{background:var(--go);border-color:var(--go);color:var(--on)}
.reject{background:transparent;border-color:var(--stop);color:var(--stop)}
:focus-visible{outline:3px solid #2563eb;outline-offset:2px}
figure{margin:.6rem 0;padding:.1rem 0 .1rem .9rem;border-left:3px solid var(--line)}
blockquote{margin:0;white-space:pre-line;overflow-wrap:anywhere}
details{margin:1.2rem 0}summary{cursor:pointer;min-height:28px}
table{border-collapse:collapse;width:100%}
th,td{text-align:left;vertical-align:top;padding:.35rem .6rem .35rem 0;border-bottom:1px solid var(--line);white-space:pre-line;overflow-wrap:anywhere}
footer{margin-top:1.5rem;border-top:1px solid var(--line);padding-top:.7rem}
`;
