"""The public complaint form: the projections show it empty, the complaints service takes it.

Statistics and forms are answered by two services. Before both stands one proxy, so that they are
one site; on one machine they are two addresses, each of which knows the other's. What the two must
agree on stands here: the addresses of the pages, the names of the fields, the words beside them.
Markup: `templates/complaint_form.html`; look: `forms.css`.
"""

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from shared.text import Text
from shared.web import page
from shared.web.language import Language
from shared.web.page.words import Words

PAGE = Path(page.__file__).parent
FORM_COMPONENTS, FORM_STYLE = PAGE / "govuk_forms.css", PAGE / "forms.css"


@dataclass(frozen=True, slots=True)
class ComplaintPaths:
    """Where the pages on complaints are, in one language."""

    channels: str  # the projections'
    form: str  # the complaints service's own, as is all below it
    follow: str


COMPLAINT_PATHS: dict[Language, ComplaintPaths] = {
    "id": ComplaintPaths("/pengaduan", "/pengaduan/formulir", "/pengaduan/ikuti"),
    "en": ComplaintPaths("/en/complaint", "/en/complaint/form", "/en/complaint/follow"),
}

KEY = "key"  # makes sending the same form twice harmless
TRAP = "website"  # the field is invisible, so only a program fills it in


def origin_of(url: str) -> str:
    """`https://janji.example`, of any address there."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


FORM_WORDS: Words = {
    "optional": Text(id="tidak wajib diisi", en="optional"),
    "wrong_title": Text(id="Ada yang perlu diperbaiki", en="Something needs mending"),
    "wrong": Text(id="Salah:", en="Error:"),
    "wrong_in_title": Text(id="Perlu diperbaiki: {title}", en="Needs mending: {title}"),
    "subject": Text(id="Perihal pengaduan", en="What it is about"),
    "subject_help": Text(
        id="Satu kalimat, misalnya: “Kata sandi email dinas belum diatur ulang”.",
        en="One sentence, for instance: “The password of our office’s e-mail is not reset yet”.",
    ),
    "text": Text(id="Uraian pengaduan", en="What happened"),
    "text_help": Text(
        id="Uraikan apa yang terjadi, kapan terjadinya, dan apa yang Anda harapkan. "
        "Jangan menuliskan kata sandi. Paling banyak 10.000 karakter.",
        en="Tell us what happened, when, and what you expect. Never write a password. "
        "At most 10,000 characters.",
    ),
    "about_request": Text(id="Nomor permintaan", en="Number of the request"),
    "about_request_help": Text(
        id="Jika pengaduan ini menyangkut suatu permintaan: PRM-XXXX-XXXX-X, seperti pada tanda "
        "terimanya.",
        en="If this is about a request: PRM-XXXX-XXXX-X, from its receipt.",
    ),
    "lapor_number": Text(id="Nomor SP4N-LAPOR!", en="SP4N-LAPOR! number"),
    "lapor_number_help": Text(
        id="Jika Anda sudah melapor melalui SP4N-LAPOR!.",
        en="If you have reported it there already.",
    ),
    "complainant": Text(id="Identitas pelapor", en="How we may know you"),
    "named": Text(id="Dengan nama", en="By name"),
    "named_help": Text(
        id="Petugas pengaduan dapat melihat nama dan kontak Anda serta menghubungi Anda.",
        en="Our complaint officers see your name and contact, and can reach you.",
    ),
    "confidential": Text(id="Rahasia", en="Confidential"),
    "confidential_help": Text(
        id="Hanya petugas yang menangani pengaduan ini dan atasannya yang dapat melihat nama dan "
        "kontak Anda.",
        en="Only the officer who handles this complaint and the supervisors see your name and "
        "contact.",
    ),
    "anonymous": Text(id="Anonim (tanpa nama)", en="Anonymous"),
    "anonymous_help": Text(
        id="Nama dan kontak tidak kami simpan, meskipun Anda mengisinya. Jawaban kami hanya dapat "
        "Anda baca dengan nomor pengaduan dan kode rahasia.",
        en="We keep no name and no contact, even if you fill them in. You can read our answer only "
        "with your number and secret code.",
    ),
    "contact": Text(id="Nama dan kontak", en="Name and contact"),
    "contact_help": Text(
        id="Kecuali anonim, isi telepon atau email. Disimpan dalam bentuk terenkripsi, tidak "
        "pernah diterbitkan, dan hanya digunakan untuk pengaduan ini.",
        en="Unless you are anonymous, fill in phone or e-mail. Kept encrypted, never published, "
        "and used for this complaint only.",
    ),
    "name": Text(id="Nama", en="Name"),
    "phone": Text(id="Telepon atau WhatsApp", en="Phone or WhatsApp"),
    "email": Text(id="Email", en="E-mail"),
    "trap": Text(id="Biarkan kolom ini kosong", en="Leave this field empty"),
    "send": Text(id="Kirim pengaduan", en="Send the complaint"),
    "after_sending": Text(
        id="Setelah pengaduan dikirim, Anda menerima nomor dan kode rahasia untuk melacaknya. Kami "
        "akan menjawab dalam {days}, atau lebih lama jika diperlukan pemeriksaan; tanggalnya "
        "selalu dapat Anda lihat.",
        en="Once it is sent you get a number and a secret code to follow this complaint. We will "
        "answer within {days}, later if it needs an examination; you always see the date.",
    ),
}
