"""The words of the page on complaints; the form's are shared with the complaints service."""

from shared.cases.web.complaint_form import FORM_WORDS
from shared.text import Text
from shared.web.page.words import Words

WORDS: Words = {
    **FORM_WORDS,
    "complaint_title": Text(id="Sampaikan pengaduan", en="Make a complaint"),
    "complaint_intro": Text(
        id="Siapa pun dapat menyampaikan pengaduan tentang pelayanan ini tanpa biaya. Setiap "
        "pengaduan mendapat nomor dan batas waktu, dan jawabannya dihitung dalam angka yang kami "
        "terbitkan.",
        en="Anybody may complain about this service, free of charge. Each complaint gets a number "
        "and a due date, and its answer counts in the figures that we publish.",
    ),
    "followed_before": Text(id="Sudah pernah menyampaikan pengaduan?", en="Complained already?"),
    "follow_link": Text(id="Lacak pengaduan Anda.", en="Follow your complaint."),
    "channels_title": Text(id="Saluran pengaduan", en="Channels for complaints"),
    "to_the_form": Text(id="Ke formulir di bawah ini", en="To the form below"),
    "form_title": Text(id="Formulir pengaduan", en="Complaint form"),
}
