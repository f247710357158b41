import { readFileSync } from "node:fs";
import { scanUnitPaths, loadUnit, unitProperties, managerDefaults, defaultFacts, defaultSpecifiers, formatDiagnostic } from "@steward/unit-file";
import * as ut from "@steward/unit-tree";
const out=process.argv[2]!, dir=process.argv[3]!;
const rec = readFileSync(out+"/properties.jsonl","utf8").trim().split("\n").map(l=>JSON.parse(l));
const machine=JSON.parse(readFileSync(out+"/machine.json","utf8"));
const base=(ut as any).nodeTree();
const M="/run/systemd/system"; const map=(p:string)=>p===M||p.startsWith(M+"/")?dir+p.slice(M.length):p;
const tree={list:(d:string)=>base.list(map(d)),read:(p:string)=>base.read(map(p)),readlink:(p:string)=>base.readlink(map(p)),stat:(p:string)=>base.stat(map(p))};
const cat=scanUnitPaths(tree as any,["/etc/systemd/system",M,"/lib/systemd/system","/usr/lib/systemd/system"]);
const limits={...managerDefaults.limits, NPROC:{soft:96365,hard:96365}, SIGPENDING:{soft:96365,hard:96365}};
const facts={...defaultFacts, physicalMemoryBytes: machine.memoryKib*1024, tasksMax: 192730, defaults:{...managerDefaults, tasksMax:28909, limits,processLimits:{...limits,NOFILE:{soft:20000,hard:20000}}}};
const norm=(v:any):any=>typeof v==="bigint"?String(v):Array.isArray(v)?v.map(norm):v;
const sorted=(v:any):any=>Array.isArray(v)?v.map(sorted).sort((x,y)=>JSON.stringify(x)<JSON.stringify(y)?-1:1):v;
const un=new Set(["SetCredential", "LoadCredential", "SetCredentialEncrypted","LoadCredentialEncrypted", "IPAddressAllow", "IPAddressDeny", "RestrictNetworkInterfaces", "Names"]);
const skip=new Set(["TimersCalendar","RestrictFileSystems"]);
let total=0,bad=0; const ours=new Set<string>();
for(const r of rec){ if(!r.properties) {console.log(r); continue;}
  const u=loadUnit(cat,r.unit,{facts,specifiers:{...defaultSpecifiers,...machine}});
  for(const d of u.diagnostics) ours.add(d.line>0?formatDiagnostic(d):`${u.id}: ${d.message}`);
  const mine=new Map(unitProperties(u).map(p=>[p.name,p]));
  for(const [k,t,v] of r.properties){ const m=mine.get(k); if(!m||skip.has(k))continue; total++;
    const o=un.has(k)?sorted:(x:any)=>x;
    const a=JSON.stringify(o(norm(m.value))),b=JSON.stringify(o(v));
    if(a!==b||m.signature!==t){bad++; console.log(`${r.unit} ${k} (${t})\n   mine ${a.slice(0,600)}\n   real ${b.slice(0,600)}`);} } }
console.log("TOTAL",total,bad);
const theirs=new Set(readFileSync(out+"/diagnostics.txt","utf8").trim().split("\n").filter(l=>!/fatal error, unit will/.test(l)));
for(const l of theirs) if(!ours.has(l)) console.log("THEIRS "+l);
for(const l of ours) if(!theirs.has(l)) console.log("OURS "+l);
