"""The words of the complainant's pages.

The words of the form stand in `shared/cases/web/complaint_form.py`, those of events and status in
`timeline.py` and `status_banner.py`.
"""

from shared.text import Text
from shared.web.page.words import Words

WORDS: Words = {
    "channels": Text(id="Saluran pengaduan", en="Channels"),
    "complain": Text(id="Sampaikan pengaduan", en="Complain"),
    "follow": Text(id="Lacak pengaduan", en="Follow a complaint"),
    "all_channels": Text(id="Semua saluran pengaduan.", en="All channels for complaints."),
    # The form.
    "form_title": Text(id="Sampaikan pengaduan", en="Send a complaint"),
    "form_intro": Text(
        id="Siapa pun dapat menyampaikan pengaduan tanpa biaya. Pengaduan juga dapat disampaikan "
        "melalui telepon, WhatsApp, atau email, atau dengan datang langsung.",
        en="Anybody may complain, free of charge. You can also phone, write by WhatsApp or "
        "e-mail, or come to us.",
    ),
    # The receipt.
    "receipt_title": Text(id="Pengaduan Anda kami terima", en="We have received your complaint"),
    "number": Text(id="Nomor pengaduan", en="Number of the complaint"),
    "secret": Text(id="Kode rahasia", en="Secret code"),
    "keep_secret": Text(
        id="Simpan kode rahasia ini; hanya dengan kode ini Anda dapat mengikuti pengaduan. Kode "
        "ini tidak kami simpan dan tidak dapat kami kirim ulang.",
        en="Keep this secret code; only with it can you follow the complaint. We keep no copy and "
        "can't send it again.",
    ),
    "print_or_copy": Text(
        id="Cetak halaman ini atau salin nomor dan kodenya sekarang: keduanya hanya ditampilkan "
        "di sini.",
        en="Print this page or copy number and code now: they are shown here only.",
    ),
    "what_next": Text(id="Selanjutnya", en="What happens next"),
    "we_answer_by": Text(id="Kami akan menjawab paling lambat", en="We will answer no later than"),
    "longer_if": Text(
        id="Jika pengaduan ini ternyata memerlukan pemeriksaan, batas waktunya dapat lebih "
        "panjang; tanggal yang baru akan tercantum pada halaman pengaduan Anda.",
        en="If this turns out to need an examination, the due date may be later; the page of your "
        "complaint says the new date.",
    ),
    "provisional": Text(
        id="Batas waktu ini bergantung pada hari libur yang belum ditetapkan.",
        en="This due date depends on holidays not yet decreed.",
    ),
    "received_at": Text(id="Diterima", en="Received"),
    "follow_at": Text(id="Alamat pelacakan", en="Follow it at"),
    "follow_this": Text(id="Lihat pengaduan ini", en="See this complaint"),
    # Number and secret.
    "follow_title": Text(id="Lacak pengaduan Anda", en="Follow your complaint"),
    "follow_intro": Text(
        id="Nomor dan kode rahasia tercantum pada tanda terima Anda.",
        en="Number and secret code are on your receipt.",
    ),
    "kept": Text(
        id="Tulisan Anda masih ada pada halaman ini. Tekan tombol di bawah untuk mengirimnya "
        "sekali lagi; yang sudah tersimpan tidak akan tersimpan dua kali.",
        en="What you wrote is still on this page. Press the button below to send it once more; "
        "what was stored isn't stored twice.",
    ),
    "number_help": Text(
        id="Misalnya ADU-XXXX-XXXX-X; huruf besar dan huruf kecil tidak dibedakan.",
        en="Like ADU-XXXX-XXXX-X; capitals and small letters are alike.",
    ),
    "secret_help": Text(
        id="32 huruf dan angka; spasi tidak berpengaruh.",
        en="32 letters and digits; spaces don't matter.",
    ),
    "show": Text(id="Lihat pengaduan", en="Show the complaint"),
    "lost_title": Text(id="Tanda terima hilang?", en="Lost your receipt?"),
    "lost": Text(
        id="Kode rahasia tidak dapat kami kirim ulang. Hubungi kami dengan menyebutkan nomornya, "
        "atau sampaikan pengaduan baru.",
        en="We can't send a secret code again. Reach us and name the number, or complain anew.",
    ),
    # The complaint.
    "complaint": Text(id="Pengaduan", en="Complaint"),
    "complaint_title": Text(id="Pengaduan {number}", en="Complaint {number}"),
    "done": Text(id="Tersimpan", en="Stored"),
    "our_question": Text(id="Pertanyaan kami", en="Our question"),
    "our_answer": Text(id="Jawaban kami", en="Our answer"),
    "what_you_can_do": Text(id="Pilihan Anda", en="What you can do"),
    "clarify_title": Text(id="Jawab pertanyaan kami", en="Answer our question"),
    "clarify_explained": Text(
        id="Kami memerlukan jawaban Anda untuk melanjutkan penanganan.",
        en="We need your answer to go on.",
    ),
    "answer": Text(id="Jawaban Anda", en="Your answer"),
    "clarify": Text(id="Kirim jawaban", en="Send the answer"),
    "reopen_title": Text(id="Jawaban belum memadai?", en="Not answered?"),
    "reopen_explained": Text(
        id="Buka kembali pengaduan ini dan sebutkan kekurangannya. Jangka waktu kami kemudian "
        "dilanjutkan, tidak dimulai dari awal.",
        en="Reopen this complaint and say what is missing. Our clock then goes on; it doesn't "
        "start anew.",
    ),
    "reason": Text(id="Kekurangannya", en="What is missing"),
    "reopen": Text(id="Buka kembali", en="Reopen it"),
    "rate_title": Text(id="Beri nilai pelayanan kami", en="Rate our service"),
    "rate_explained": Text(
        id="Penilaian hanya dapat diberikan satu kali. Nilainya dihitung dalam rata-rata yang "
        "kami terbitkan; komentar Anda tidak diterbitkan.",
        en="Only once. The number goes into the average that we publish; your remark does not.",
    ),
    "score": Text(id="Penanganan pengaduan ini", en="How this complaint was handled"),
    "score_5": Text(id="5, sangat baik", en="5, very well"),
    "score_4": Text(id="4, baik", en="4, well"),
    "score_3": Text(id="3, cukup", en="3, fairly"),
    "score_2": Text(id="2, kurang", en="2, poorly"),
    "score_1": Text(id="1, buruk", en="1, badly"),
    "remark": Text(id="Komentar", en="Remark"),
    "rate": Text(id="Kirim penilaian", en="Send the rating"),
    "close_title": Text(id="Pengaduan sudah selesai?", en="Is it settled?"),
    "close_explained": Text(
        id="Anda dapat menyatakan pengaduan ini selesai. Sesudah itu pengaduan tidak dapat dibuka "
        "kembali; penilaian masih dapat diberikan.",
        en="You can say that this complaint is finished. It can't be reopened after that; rating "
        "it is still possible.",
    ),
    "close": Text(id="Nyatakan selesai", en="Say that it is finished"),
    "story_title": Text(id="Riwayat pengaduan", en="What has happened"),
    "calendar_title": Text(id="Penghitungan hari", en="How the days count"),
    "calendar_explained": Text(
        id="Hari kerja yang dihitung sejak pengaduan diterima, seperti pada kalender dinding.",
        en="The working days that count since the complaint was received, as on a wall calendar.",
    ),
    "yours_title": Text(id="Pengaduan Anda", en="Your complaint"),
    "erased": Text(id="Isi pengaduan sudah dihapus.", en="What you wrote was erased."),
    "leave": Text(
        id="Tutup halaman ini dan lacak pengaduan lain",
        en="Leave this and follow another complaint",
    ),
}
