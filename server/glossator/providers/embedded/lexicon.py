"""Words that programmers use: what abbreviations stand for, which words are verbs, what well-known functions do.

Only what holds wherever the word is used is listed: "fp" is a file object in every code base, "p" is not a path.
"""

from __future__ import annotations

ABBREVIATIONS = {
    "abs": "absolute", "acc": "accumulator", "addr": "address", "addrs": "addresses", "alloc": "allocate", "alt": "alternative",
    "arch": "architecture", "arg": "argument", "args": "arguments", "argv": "command-line arguments", "attr": "attribute",
    "attrs": "attributes", "auth": "authentication", "avg": "average", "bg": "background", "bin": "binary", "bool": "Boolean",
    "btn": "button", "buf": "buffer", "bufsize": "buffer size", "bytecode": "byte code", "calc": "calculate", "cb": "callback",
    "cert": "certificate", "certs": "certificates", "cfg": "configuration", "char": "character", "chars": "characters", "chk": "check",
    "chr": "character", "cls": "class", "cmd": "command", "cmds": "commands", "cmp": "comparison", "cnt": "count", "coef": "coefficient",
    "col": "column", "cols": "columns", "cond": "condition", "conf": "configuration", "config": "configuration", "conn": "connection",
    "conv": "conversion", "coro": "coroutine", "ctx": "context", "ctxt": "context", "cur": "current", "curr": "current", "cwd": "working directory",
    "db": "database", "decl": "declaration", "def": "definition", "defs": "definitions", "del": "delete", "deps": "dependencies",
    "desc": "description", "descr": "descriptor", "dest": "destination", "dev": "device", "dict": "dictionary", "diff": "difference",
    "dim": "dimension", "dims": "dimensions", "dir": "directory", "dirname": "directory name", "dirs": "directories", "dist": "distribution",
    "doc": "documentation", "dst": "destination", "dt": "date and time", "dtype": "data type", "elem": "element", "elems": "elements", "enc": "encoding",
    "env": "environment", "environ": "environment", "eof": "end of file", "eq": "equal", "err": "error", "errs": "errors", "eval": "evaluate",
    "evt": "event", "exc": "exception", "excs": "exceptions", "exe": "executable", "exec": "execute", "exp": "exponent", "expr": "expression", "exprs": "expressions",
    "ext": "extension", "fd": "file descriptor", "fds": "file descriptors", "fg": "foreground", "fields": "fields", "filename": "file name",
    "filenames": "file names", "fileno": "file number", "fileobj": "file object", "filepath": "file path", "fmt": "format", "fn": "function",
    "fname": "file name", "fp": "file object", "freq": "frequency", "fs": "file system", "func": "function", "funcs": "functions", "gen": "generator", "hdr": "header", "hdrs": "headers",
    "hex": "hexadecimal", "hostname": "host name", "idx": "index", "impl": "implementation", "inc": "increment", "indent": "indentation",
    "info": "information", "init": "initial", "ins": "instruction", "inst": "instance", "instr": "instruction", "int": "integer", "interp": "interpreter", "iter": "iterator",
    "kwargs": "keyword arguments", "kwds": "keyword arguments", "kwd": "keyword", "kw": "keyword arguments", "lang": "language", "len": "length", "lhs": "left-hand side", "lib": "library",
    "libs": "libraries", "lineno": "line number", "loc": "location", "lst": "list", "maxsize": "maximum size", "max": "maximum", "mem": "memory", "meth": "method", "mgr": "manager",
    "min": "minimum", "mod": "module", "modname": "module name", "mp": "mapping", "msg": "message", "msgs": "messages", "mtime": "modification time", "namelist": "list of names", "nargs": "number of arguments", "ndigits": "number of digits",
    "nb": "number", "nbytes": "number of bytes", "num": "number", "nums": "numbers", "obj": "object", "objs": "objects", "op": "operation", "ops": "operations", "oper": "operator", "opt": "option",
    "opts": "options", "orig": "original", "os": "operating system", "param": "parameter", "params": "parameters", "pat": "pattern", "pathname": "path name", "pct": "percentage", "perm": "permission", "perms": "permissions", "pid": "process ID",
    "pkg": "package", "pkgs": "packages", "pos": "position", "posn": "position", "pred": "predicate", "pref": "preference", "prefs": "preferences", "prev": "previous", "proc": "process", "prog": "program",
    "prop": "property", "props": "properties", "proto": "protocol", "ptr": "pointer", "pw": "password", "pwd": "password", "qname": "qualified name", "qs": "query string", "qualname": "qualified name", "rc": "return code",
    "rec": "record", "recv": "receive", "ref": "reference", "refs": "references", "regex": "regular expression", "regexp": "regular expression", "rel": "relative", "repl": "replacement", "repr": "representation", "req": "request", "res": "result",
    "resp": "response", "ret": "result", "rhs": "right-hand side", "sched": "schedule", "sec": "seconds", "secs": "seconds", "sel": "selection", "sep": "separator", "seq": "sequence", "sig": "signature", "sock": "socket", "spec": "specification",
    "specs": "specifications", "src": "source", "srv": "server", "stat": "status", "stdin": "standard input", "stdout": "standard output", "stderr": "standard error", "stmt": "statement", "stmts": "statements", "str": "string", "subdir": "subdirectory",
    "subj": "subject", "sym": "symbol", "sys": "system", "tb": "traceback", "temp": "temporary", "tmp": "temporary", "tok": "token", "toks": "tokens", "ts": "timestamp", "typ": "type", "tz": "time zone", "tzinfo": "time zone", "uid": "user ID", "gid": "group ID",
    "util": "utility", "utils": "utilities", "val": "value", "vals": "values", "var": "variable", "vars": "variables", "vec": "vector", "ver": "version", "win": "window", "ws": "white space", "xpath": "XPath expression",
    "url": "URL", "urls": "URLs", "uri": "URI", "uris": "URIs", "http": "HTTP", "https": "HTTPS", "html": "HTML", "xml": "XML", "json": "JSON", "csv": "CSV", "sql": "SQL", "id": "ID", "ids": "IDs", "ip": "IP", "tcp": "TCP", "udp": "UDP",
    "ssl": "SSL", "tls": "TLS", "ascii": "ASCII", "utf": "UTF", "utf8": "UTF-8", "api": "API", "cpu": "CPU", "gpu": "GPU", "io": "I/O", "ast": "AST", "dom": "DOM", "ftp": "FTP", "smtp": "SMTP", "imap": "IMAP", "dns": "DNS", "pdf": "PDF", "gui": "GUI",
    "ui": "user interface", "tk": "Tk", "crc": "CRC", "md5": "MD5", "sha": "SHA", "sha1": "SHA-1", "sha256": "SHA-256", "utc": "UTC", "uuid": "UUID", "eol": "end of line", "nan": "NaN", "bom": "byte order mark", "mime": "MIME", "cgi": "CGI", "wsgi": "WSGI", "rpc": "RPC",
    "yaml": "YAML", "toml": "TOML", "ini": "INI", "zip": "ZIP", "gzip": "gzip", "posix": "POSIX", "unix": "Unix", "ok": "OK", "pep": "PEP", "ttl": "time to live", "os2": "OS/2", "dll": "DLL", "css": "CSS", "jwt": "JWT", "cli": "command line", "lsp": "LSP",
}  # fmt: skip

# Abbreviations that are verbs when they come first in a function's name.
VERB_FORMS = {
    "alloc": "allocate", "calc": "compute", "chk": "check", "cmp": "compare", "conv": "convert", "def": "define", "del": "delete", "desc": "describe",
    "eval": "evaluate", "exec": "execute", "fmt": "format", "gen": "generate", "inc": "increment", "dec": "decrement", "init": "initialize", "ins": "insert", "iter": "iterate over",
    "recv": "receive", "repr": "represent", "sub": "substitute", "upd": "update", "xfer": "transfer", "req": "request", "conf": "configure", "config": "configure", "diff": "compare", "setup": "set up",
    "teardown": "tear down", "cleanup": "clean up", "lookup": "look up", "backup": "back up", "shutdown": "shut down", "startup": "start up", "login": "log in", "logout": "log out", "rollback": "roll back", "checkout": "check out",
    "mkdir": "create a directory", "rmdir": "remove a directory", "mk": "make", "rm": "remove", "cp": "copy", "mv": "move", "ls": "list", "getattr": "get an attribute", "setattr": "set an attribute", "fullmatch": "match all of", "readline": "read a line", "readlines": "read lines",
    "writelines": "write lines", "makedirs": "create directories", "unlink": "unlink", "urlopen": "open a URL", "rewind": "rewind", "ack": "acknowledge", "enc": "encode", "deser": "deserialize", "ser": "serialize", "uninstall": "uninstall", "instr": "instrument",
}  # fmt: skip

VERBS = frozenset(
    """
    abort accept access accumulate acquire activate adapt add adjust advance aggregate align allocate allow analyze analyse annotate announce answer append apply approve archive arrange ask assemble
    assert assign associate attach authenticate authorize await backup balance become begin benchmark bind bisect block bootstrap break broadcast browse buffer build bump bundle byteswap cache calculate call cancel
    capitalize capture cast catch center change check choose classify clean cleanup clear click clip clone close coerce collapse collect color combine commit compact compare compile complete compose compress
    compute concatenate configure confirm connect consolidate construct consume contain continue contract control convert copy count cover crash create crop cut cycle debug decide declare decode decorate decrease decref decrement
    decrypt dedent deduce defer define delegate delete deliver denormalize deny deploy deprecate derive describe deserialize destroy detach detect determine diff digest disable disassemble discard disconnect dismiss
    dispatch display divide do download draw drop dump duplicate echo edit eject elide emit empty enable encode encrypt end enforce enlarge enqueue ensure enter enumerate erase escape establish estimate evaluate examine exclude
    execute exit expand expect expire explain explode export expose extend extract fail feed fetch fill filter finalize find finish fire fit fix flatten flip flush focus fold follow force fork format forward free
    freeze gather generate get give go grab grant grow group guess halt handle hash help hide highlight hold identify ignore implement import include increase incref increment indent index infer inform inherit initialize
    inject insert inspect install instantiate instrument integrate interact intern interpolate interpret intersect introduce invalidate invert invoke isolate issue iterate join jump keep kill label launch layout leave lex limit link list listen
    load locate lock log look lookup loop lower make manage mangle map mark marshal mask match materialize measure memoize merge migrate minimize mix mock modify monitor mount move multiply mutate name navigate negate normalize
    notify obtain offer open operate optimize order organize output overlay overlap override pack pad paint parse partition pass patch pause peek perform permute persist pick pickle ping place plan plot poll pop populate position post
    postpone predict prefetch prepare prepend preprocess present preserve press prevent print process produce profile project promote prompt propagate protect provide proxy prune publish pull purge push put query queue quit
    quote raise randomize reach read realize rebase rebuild recalculate receive recognize recompute reconcile reconnect record recover recreate redirect redo redraw reduce refactor refer refresh refuse register reindex reject
    relate release reload relocate remember remove rename render reopen reorder repair repeat repeal replace replay reply report represent request require reraise rerun reschedule reserve reset reshape resize resolve respond restart restore restrict result
    resume retain retrieve retry return reuse revalidate reverse revert review revoke rewind rewrite roll rotate round route run sample sanitize save scale scan schedule scroll seal search seek segment select send separate
    serialize serve set setup shift show shrink shuffle shutdown sign signal simplify simulate skip sleep slice smooth snapshot solve sort spawn specify splice split stage standardize start stash step stop store stream strip
    strengthen submit subscribe subtract suggest sum summarize supply support suppress suspend swap switch sync synchronize synthesize tag take teardown tell terminate test throttle throw tick tie toggle tokenize touch trace track train transfer
    transform translate transmit transpose trap traverse trigger trim truncate try tune turn unbind unblock undo unescape unfold unfreeze unify uninstall unite unlink unload unlock unmap unmark unmount unpack unpickle unquote unregister unset
    unsubscribe untag unwrap update upgrade upload use validate verify view visit wait wake walk warn warp watch weigh wipe withdraw wrap write yield zip zoom
    """.split()
)  # fmt: skip

# Nouns that stand behind a verb without a separator: `copytree`, `getline`.
NOUNS = frozenset(
    """
    all args attr attribute attributes attrs block body bounds buffer bytes case cell char chars child children choice class client code codec color column columns command comment comments config content context cookie count
    cursor data date dict dir directory dirs doc document entry error event events extension exception expr field fields file filename files filter focus font format frame function grid group handler header headers host id index
    info input int item items iter key keys label layout len length level line lines link list lock log mail map mask match menu message meta method mode module mtime name names node nodes number object option options order output
    owner package page params parent parser part password path pattern pid point pool port position prefix process prompt queue range ref reader record repr request response result root row rows rule rules scope section selection
    sequence server session set settings shape signal signature size slice socket sort source spec stack start state stats status step str stream string style suffix symbol system table tag task test text thread time timeout title
    token tokens trace tree type types unit url user users value values var vars version view width window word words writer zone
    """.split()
)  # fmt: skip

# First words that are nouns as well, and verbs only before an object.
AMBIGUOUS = frozenset(
    "access answer backup block buffer cache change check class color control copy count cover cut debug diff digest display echo edit end export filter focus fold format group hash help highlight index "
    "input issue join label layout limit link list lock log map mark mask match measure mix name offer order output overlay override patch pause place plan plot position post present process profile project prompt proxy query queue "
    "quote record report request result review roll round route sample scale scan schedule search segment set shift show sign signal slice snapshot sort stage start step stop store stream sum support switch tag test tick tie trace track "
    "train transfer transform trap trigger try turn use view wait walk watch wrap zip zoom".split()
)

# The subject of a question: `is_ready`, `has_key`, `can_write`.
QUESTIONS = {"is": "is", "are": "are", "was": "was", "has": "has", "have": "have", "had": "had", "can": "can", "could": "could", "should": "should", "must": "must", "will": "will", "does": "does", "needs": "needs", "supports": "supports", "allows": "allows", "contains": "contains", "exists": "exists", "isdir": "is a directory", "isfile": "is a file"}

PROTOCOL_METHODS = {
    "__init__": "Initialize the instance", "__new__": "Create the instance", "__del__": "Release what the instance holds before it is destroyed", "__repr__": "Return a representation for developers", "__str__": "Return a text for people",
    "__bytes__": "Return the content as bytes", "__format__": "Format according to a format specification", "__lt__": "Tell whether this sorts before another", "__le__": "Tell whether this sorts before another or equals it", "__eq__": "Tell whether this equals another object",
    "__ne__": "Tell whether this differs from another object", "__gt__": "Tell whether this sorts after another", "__ge__": "Tell whether this sorts after another or equals it", "__hash__": "Return the hash, for use in sets and as dictionary key", "__bool__": "Tell whether this counts as true",
    "__getattr__": "Return an attribute that was not found in the usual way", "__getattribute__": "Return an attribute, whatever its name", "__setattr__": "Set an attribute", "__delattr__": "Delete an attribute", "__dir__": "List the names of the attributes", "__get__": "Return the attribute's value for an instance", "__set__": "Set the attribute's value for an instance",
    "__delete__": "Delete the attribute from an instance", "__set_name__": "Learn the name under which the owner class keeps this", "__init_subclass__": "Prepare each new subclass", "__class_getitem__": "Return a parametrized version of the class", "__call__": "Make the instance callable", "__len__": "Return the number of items", "__length_hint__": "Estimate the number of items",
    "__getitem__": "Return the item at a key or index", "__setitem__": "Set the item at a key or index", "__delitem__": "Delete the item at a key or index", "__missing__": "Return the value for a key that is missing", "__iter__": "Iterate over the items", "__next__": "Return the next item", "__reversed__": "Iterate over the items in reverse order", "__contains__": "Tell whether an item is contained",
    "__add__": "Add another operand on the right", "__radd__": "Add another operand on the left", "__iadd__": "Add another operand in place", "__sub__": "Subtract another operand", "__rsub__": "Subtract from another operand", "__mul__": "Multiply by another operand", "__rmul__": "Multiply by another operand on the left", "__truediv__": "Divide by another operand",
    "__floordiv__": "Divide by another operand, rounding down", "__mod__": "Return the remainder of a division", "__pow__": "Raise to a power", "__and__": "Combine with another operand by `&`", "__or__": "Combine with another operand by `|`", "__xor__": "Combine with another operand by `^`", "__invert__": "Return the bitwise complement", "__neg__": "Return the negation", "__pos__": "Return the unchanged or normalized operand",
    "__abs__": "Return the absolute value", "__int__": "Convert to an integer", "__float__": "Convert to a float", "__index__": "Convert to an integer for indexing", "__round__": "Round to a number of digits", "__enter__": "Enter the `with` block", "__exit__": "Leave the `with` block", "__aenter__": "Enter the `async with` block", "__aexit__": "Leave the `async with` block", "__aiter__": "Iterate asynchronously over the items",
    "__anext__": "Return the next item asynchronously", "__await__": "Support `await`", "__copy__": "Return a shallow copy", "__deepcopy__": "Return a deep copy", "__reduce__": "Tell how to pickle the instance", "__reduce_ex__": "Tell how to pickle the instance for a protocol version", "__getstate__": "Return the state to be pickled", "__setstate__": "Restore the state from a pickle", "__getnewargs__": "Return the constructor arguments for unpickling",
    "__sizeof__": "Return the size in memory, in bytes", "__fspath__": "Return the path in the file system", "__instancecheck__": "Tell whether an object counts as an instance", "__subclasscheck__": "Tell whether a class counts as a subclass", "__post_init__": "Complete the instance after the generated `__init__`", "__prepare__": "Return the namespace for a new class's body",
}  # fmt: skip
