import struct,sys
out=sys.stdout.buffer
B1=b"00112233445566778899aabbccddeeff"; B2=b"10112233445566778899aabbccddeeff"
t=1700000000000000; m=1000000
def e(fields, boot=B1):
    global t,m
    t+=1234567; m+=1234567
    out.write(b"__REALTIME_TIMESTAMP=%d\n__MONOTONIC_TIMESTAMP=%d\n_BOOT_ID=%s\n"%(t,m,boot))
    for k,v in fields:
        k=k.encode()
        if isinstance(v,str): v=v.encode()
        if b"\n" in v or any(c<32 and c!=9 for c in v): out.write(k+b"\n"+struct.pack("<Q",len(v))+v+b"\n")
        else: out.write(k+b"="+v+b"\n")
    out.write(b"\n")
b=[("_HOSTNAME","myhost"),("_PID","42"),("_COMM","comm"),("SYSLOG_IDENTIFIER","ident"),("_SYSTEMD_UNIT","a.service"),("_TRANSPORT","stdout")]
e(b+[("MESSAGE","plain line"),("PRIORITY","6")])
for p in range(8): e(b+[("MESSAGE","prio %d"%p),("PRIORITY",str(p))])
e(b+[("MESSAGE","multi\nline\n\nmessage"),("PRIORITY","3")])
e(b+[("MESSAGE","trailing newline\n")])
e(b+[("MESSAGE","tab\tinside \x1b[31mred\x1b[0m")])
e(b+[("MESSAGE",b"bin\x00\x01\xff"),("EXTRA","x")])
e(b+[("MESSAGE",b"invalid \xff utf8")])
e(b+[("MESSAGE","umlaut äöü €")])
e(b+[("MESSAGE","")])
e([("MESSAGE","no ident"),("_COMM","thecomm"),("_HOSTNAME","h2")])
e([("MESSAGE","nothing at all")])
e([("MESSAGE","syslogpid"),("SYSLOG_PID","99"),("SYSLOG_IDENTIFIER","sl")])
e([("NOMESSAGE","x")])
e(b+[("MESSAGE","x"*5000)])
e(b+[("MESSAGE","twice"),("REP","1"),("REP","2"),("REP",b"\x01\x02")])
e(b+[("MESSAGE","source ts"),("_SOURCE_REALTIME_TIMESTAMP","1600000000000001"),("_SOURCE_MONOTONIC_TIMESTAMP","77")])
e(b+[("MESSAGE","user unit"),("_SYSTEMD_USER_UNIT","u.service")])
e([("MESSAGE","manager says"),("_PID","1"),("UNIT","a.service"),("SYSLOG_IDENTIFIER","systemd"),("_HOSTNAME","myhost")])
m=5000
e(b+[("MESSAGE","next boot"),("PRIORITY","6")],B2)
e(b+[("MESSAGE","next boot 2"),("PRIORITY","4"),("CODE_FILE","/src/a.c"),("CODE_LINE","3")],B2)
