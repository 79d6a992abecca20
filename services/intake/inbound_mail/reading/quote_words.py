"""The words with which mail programs introduce what they quote, a language each: the only table to extend for another one.

As written by Gmail, Outlook, Apple Mail, Thunderbird and Yahoo in each language.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class QuoteWords:
    """All in lower case.

    `wrote`: what stands in an attribution (`On …, Bo wrote:`); `opens`: how such a line may begin, beside a number or a weekday.
    `sender`, `date`, `to`, `subject`: the labels of the block that Outlook puts above a quoted mail. `original` and `forwarded`: what
    stands between dashes above a quoted and above a forwarded mail. `you_wrote`: above the requester's message in an e-mail of ours.
    """

    wrote: tuple[str, ...]
    opens: tuple[str, ...]
    weekdays: tuple[str, ...]
    sender: tuple[str, ...]
    date: tuple[str, ...]
    to: tuple[str, ...]
    subject: tuple[str, ...]
    original: tuple[str, ...]
    forwarded: tuple[str, ...] = ()
    you_wrote: tuple[str, ...] = ()


LANGUAGES: dict[str, QuoteWords] = {
    "en": QuoteWords(
        ("wrote", "writes"),
        ("on", "at"),
        ("mon", "tue", "wed", "thu", "fri", "sat", "sun"),
        ("from",),
        ("date", "sent"),
        ("to", "cc"),
        ("subject",),
        ("original message", "original appointment", "reply message"),
        ("forwarded message", "begin forwarded message", "attached mail"),
        ("you wrote:",),
    ),
    "sv": QuoteWords(
        ("skrev", "skriver"),
        ("den", "vid"),
        ("mån", "tis", "ons", "tors", "tor", "fre", "lör", "sön"),
        ("från",),
        ("datum", "skickat"),
        ("till", "kopia"),
        ("ämne",),
        ("ursprungligt meddelande", "originalmeddelande"),
        ("vidarebefordrat meddelande", "vidarebefordrat brev", "vidarebefordrat mejl"),
        ("du skrev:",),
    ),
    "da": QuoteWords(
        ("skrev",),
        ("den",),
        ("man", "tirs", "tir", "ons", "tors", "tor", "fre", "lør", "søn"),
        ("fra",),
        ("dato", "sendt"),
        ("til", "cc"),
        ("emne",),
        ("oprindelig meddelelse", "original meddelelse"),
        ("videresendt meddelelse",),
    ),
    "nb": QuoteWords(
        ("skrev",),
        ("den",),
        ("man", "tir", "ons", "tor", "fre", "lør", "søn"),
        ("fra",),
        ("dato", "sendt"),
        ("til", "kopi"),
        ("emne",),
        ("opprinnelig melding", "original melding"),
        ("videresendt melding",),
    ),
    "fi": QuoteWords(
        ("kirjoitti",),
        ("ma", "ti", "ke", "to", "pe", "la", "su"),
        (),
        ("lähettäjä",),
        ("päivämäärä", "lähetetty"),
        ("vastaanottaja", "kopio"),
        ("aihe",),
        ("alkuperäinen viesti",),
        ("edelleenlähetetty viesti", "välitetty viesti"),
    ),
    "de": QuoteWords(
        ("schrieb", "schrieben", "hat geschrieben", "geschrieben"),
        ("am",),
        ("mo", "di", "mi", "do", "fr", "sa", "so"),
        ("von",),
        ("datum", "gesendet"),
        ("an", "cc"),
        ("betreff",),
        ("ursprüngliche nachricht", "originalnachricht", "original-nachricht"),
        ("weitergeleitete nachricht",),
    ),
    "nl": QuoteWords(
        ("schreef", "heeft geschreven", "geschreven"),
        ("op",),
        ("ma", "di", "wo", "do", "vr", "za", "zo"),
        ("van",),
        ("datum", "verzonden"),
        ("aan", "cc"),
        ("onderwerp",),
        ("oorspronkelijk bericht", "origineel bericht"),
        ("doorgestuurd bericht",),
    ),
    "fr": QuoteWords(
        ("a écrit", "écrit", "a ecrit"),
        ("le",),
        ("lun", "mar", "mer", "jeu", "ven", "sam", "dim"),
        ("de",),
        ("date", "envoyé"),
        ("à", "cc"),
        ("objet",),
        ("message d'origine", "message d’origine", "message original"),
        ("message transféré", "forwarded message"),
    ),
    "es": QuoteWords(
        ("escribió", "escribio", "ha escrito"),
        ("el", "en"),
        ("lun", "mar", "mié", "jue", "vie", "sáb", "dom"),
        ("de",),
        ("fecha", "enviado", "enviado el"),
        ("para", "a", "cc"),
        ("asunto",),
        ("mensaje original",),
        ("mensaje reenviado", "mensaje enviado"),
    ),
    "it": QuoteWords(
        ("ha scritto", "scrive"),
        ("il",),
        ("lun", "mar", "mer", "gio", "ven", "sab", "dom"),
        ("da",),
        ("data", "inviato"),
        ("a", "cc"),
        ("oggetto",),
        ("messaggio originale",),
        ("messaggio inoltrato",),
    ),
    "pt": QuoteWords(
        ("escreveu",),
        ("em", "no dia"),
        ("seg", "ter", "qua", "qui", "sex", "sáb", "dom"),
        ("de",),
        ("data", "enviado", "enviada", "enviada em"),
        ("para", "cc"),
        ("assunto",),
        ("mensagem original",),
        ("mensagem encaminhada",),
    ),
    "pl": QuoteWords(
        ("napisał", "napisała", "napisał(a)", "pisze"),
        ("dnia", "w dniu"),
        ("pon", "wt", "śr", "czw", "pt", "sob", "niedz"),
        ("od",),
        ("data", "wysłano"),
        ("do", "dw"),
        ("temat",),
        ("oryginalna wiadomość", "wiadomość oryginalna"),
        ("przekazana wiadomość", "wiadomość przekazana dalej"),
    ),
    "tr": QuoteWords(
        ("şunu yazdı", "yazdı", "tarihinde şunları yazdı"),
        (),
        ("pzt", "sal", "çar", "per", "cum", "cmt", "paz"),
        ("kimden", "gönderen"),
        ("tarih", "gönderildi", "gönderme tarihi"),
        ("kime", "bilgi"),
        ("konu",),
        ("orijinal ileti", "özgün ileti", "orijinal mesaj"),
        ("iletilmiş ileti",),
    ),
    "ru": QuoteWords(
        ("писал", "писала", "написал", "написала", "пишет", "писал(а)", "написал(а)"),
        ("в",),
        ("пн", "вт", "ср", "чт", "пт", "сб", "вс"),
        ("от", "от кого"),
        ("дата", "отправлено"),
        ("кому", "копия"),
        ("тема",),
        ("исходное сообщение", "оригинальное сообщение"),
        ("пересылаемое сообщение", "пересланное сообщение"),
    ),
    "ja": QuoteWords(
        ("のメール", "のメッセージ", "さんは書きました", "wrote"),
        (),
        (),
        ("差出人", "送信者", "from"),
        ("日付", "送信日時", "日時", "date"),
        ("宛先", "to", "cc"),
        ("件名", "subject"),
        ("元のメッセージ", "original message"),
        ("転送メッセージ", "forwarded message"),
    ),
    "zh": QuoteWords(
        ("写道", "寫道", "写到"),
        ("在", "于", "於"),
        (),
        ("发件人", "寄件者", "寄件人"),
        ("日期", "发送时间", "寄件日期", "传送日期"),
        ("收件人", "抄送", "收件者", "副本"),
        ("主题", "主旨"),
        ("原始邮件", "原始郵件", "原邮件"),
        ("转发的邮件", "转发邮件信息", "轉寄郵件"),
    ),
    "ko": QuoteWords(
        ("작성", "님이 작성", "님이 쓴 글"),
        (),
        (),
        ("보낸 사람", "보낸사람"),
        ("날짜", "보낸 날짜", "보낸날짜"),
        ("받는 사람", "받는사람", "참조"),
        ("제목",),
        ("원본 메시지", "원본 메일"),
        ("전달된 메시지",),
    ),
}
