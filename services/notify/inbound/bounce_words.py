"""The words by which mail servers tell why an e-mail was not delivered, as patterns of lines of their text."""

import re


def _any_of(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(patterns), re.IGNORECASE)


# No such person, or no such domain.
UNKNOWN_USER = _any_of(
    r"\b(user|recipient|mailbox|address|account|name)\b[^.\n]{0,60}?\b(is )?(unknown|not (be )?found|not known|not valid|not exist(ing)?)",
    r"\b(user|recipient|mailbox|address|account|name)\b[^.\n]{0,60}?\b(does ?n[o']t exist|no longer (exists|valid|on server|available))",
    r"\b(user|recipient|mailbox|address|account|name)\b[^.\n]{0,60}?\b(is )?(non-?existent|invalid|not recogni[sz]ed|undeliverable)",
    r"\b(unknown|invalid|no such|non-?existent|unrecogni[sz]ed|bad) (or illegal )?(local |virtual |remote )?"
    r"(user|recipient|mailbox|address|account|alias|person|local[ -]?part|destination)",
    r"\bno (mailbox|account|user|one|person) (here |exists? )?(by|with|for|at|of) (that|this)\b",
    r"\bno (such )?(user|mailbox|account|recipient) (here|by that name|with that name)",
    r"\bnot a (known|valid|registered) (user|mailbox|recipient|customer|account)",
    r"\b(couldn't|cannot|can't|could not) (be )?f(ind|ound) (any )?(user|mailbox|recipient|host|domain)",
    r"\b(host|domain)\b[^.\n]{0,40}\b(unknown|not found|does not exist|doesn't exist)",
    r"\b(unknown|no such|invalid) (host|domain)\b",
    r"\bhost \S{1,255} (was )?not found|\bno mx found for domain|\billegal (host|domain)|\bfind a mail exchanger or ip address",
    r"\bcouldn't find any host|\bname or service not known|\bunrouteable (mail )?(address|domain)",
    r"\b(does not|doesn't) exist\b|\bbad (destination )?(mailbox|address)|\buser (doesn't|does not) have a\b",
    r"\bnot our customer|\buser unknown|\bunknown user|\bno valid recipients|\binvalid (final delivery )?user ?(id|name)",
    r"\bno mx records? (found )?for|\bno smtp service|\brequested action not taken: mailbox unavailable",
    r"\bnot (\w{6} )?in (the |public )?(domino directory|name & address book)",
    r"domino ディレクトリには見つかりません|ディレクトリのリストにありません",
    r"宛先(の|メール)?.{0,12}(存在しません|見つかりません|不明)|(ユーザー?|メールアドレス)は?.{0,12}(存在しません|見つかりません)",
    r"пользователь.{0,20}не (найден|существует)",
)
MAILBOX_FULL = _any_of(
    r"\bover ?quota|\bquota (is )?(exceed|reached|full)|\bexceed(s|ed|ing)? (\w+ ){0,4}(quota|storage|allocation)",
    r"\b(mailbox|mail box|inbox|account|disk|folder|mailfolder) (\w+ ){0,3}(is |has )?(full|over|exceeded)\b",
    r"\bmailbox (size )?limit|\binsufficient (disk|storage)|\bnot enough (disk |storage )?space|\bout of space|\bstorage (limit|quota)",
)
# Policy, content, size, a suspended account: the address is good.
NOT_THE_ADDRESS = _any_of(
    r"\b(spam(haus)?|spf|dkim|dmarc|blacklist|block(ed|list)|black ?hole|polic(y|ies)|reputation|relay|denied|prohibited|authenticat)",
    r"\b(reverse dns|ptr\b|rbl\b|virus|malware|too (large|big)|size limit|content|suspend|disabled|inactive|deactivated)",
    r"\b(rate limit|too many|greylist|tempor|try again|sender|unsolicited|rejected by|filter|restricted|not permitted)",
    r"\b(not authori[sz]ed|permission|access|tls\b|starttls|certificate)",
)
# The mailbox is closed for a time, whatever else the server says of it.
SUSPENDED = _any_of(
    r"\baccount (\w+ ){0,3}(disabled|suspended|inactive|locked|deactivated)|\b(suspended|disabled) account"
)
# The server speaks of the sender's address, whatever it says of it.
OF_THE_SENDER = _any_of(
    r"\b(after|reply to|command:?|in response to|>>>) (the )?MAIL FROM\b",
    r"\bsender\b.{0,40}\b(address|domain|verify)|\b(he|eh)lo (command|name|host|argument)\b",
)
# The server blocks us, whatever else it says.
BLOCKED = _any_of(r"\b(spam(haus)?|spf|dkim|dmarc|(dns)?[rb]l|reputation|blocked (by|using|because))\b")
# The recipient was accepted and the content refused: a filter, though some operators word it as an unknown user. A transcript
# (">>> DATA") is no evidence: commands that are sent together (RFC 2920) precede the answer to the recipient.
AFTER_DATA = _any_of(
    r"\b(after|reply to|in response to) (the )?(end of )?(mail )?DATA\b|\bDATA command|\bcommand:? DATA\b",
    r"\bafter end of (data|message|mail)\b",
    # Postfix names the recipient before its reason, and after DATA there is none: "550 : User unknown".
    r"\b5\d\d(-| )?:? : User unknown",
)
TRY_AGAIN = _any_of(r"\btry again")
DELAYED = _any_of(
    r"\bis delayed for more than|\btemporary failure report",
    r"\bdelivery (is |has been )?delayed|\bdelayed (\d+|delivery)|\bwarning:? message (still )?(un|not )delivered",
    r"\bwill (be )?(keep|continue|retr|try)|\bstill being (retried|attempted)|\bnot (yet )?been delivered( yet)?\b|\btemporarily delayed",
)
EXPIRED = _any_of(
    r"\btime(d)? ?-?out|\btime limit|\btoo long|\bexpired|\bretry time|\bgave up|\bgiving up",
    r"\bunable to deliver .{0,40}(days|hours)|\bqueue (too )?long\b",
)
# Any other failure, where a server writes neither a code nor a word of the above.
FAILED = _any_of(
    r"\b(could|can) ?not be delivered\b|\bundeliverable\b|\bdelivery (has )?failed\b|\brejected by a remote",
    r"\baccount is disabled\b|\bmalformed address\b|\btrouble delivering\b|\berror sending your mail\b",
)
# A mail that is sent by a program because a person is away: its words are about that person.
AUTOMATIC_REPLY = _any_of(
    r"\bauto(matic|mated)?[ -]?(reply|respon|answer)|\bout of (the )?office|\bvacation\b|\baway (from|until)\b",
    r"\bautomatische (antwort|reactie)|\babwesen|\br[ée]ponse automatique|\brespuesta autom[áa]tica|\brisposta automatica",
    r"\bresposta autom[áa]tica|\bautosvar|\bautomatiskt? svar|\bfrånvaro|\bafwezig|自動(返信|応答)|不在|автоответ",
)
# What stands above the mail that a bounce returns; nothing below is the server's own.
RETURNED_MAIL = _any_of(
    r"\bcopy of (the|your) (original )?message|\boriginal ((e-?)?mail|message) (as )?(follows|header)|\bmessage headers? follow",
    r"\bunsent message below|\btext of your message",
)
# The same, only in a line that begins with dashes.
RETURNED_RULE = _any_of(r"original|returned|copy|unsent|below|message (header|text)")
