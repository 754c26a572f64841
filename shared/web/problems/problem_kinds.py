"""The kinds of problem that every service may answer: what happened, and what to do.

A service defines further kinds beside its api.py and passes them to `create_app`.
"""

from dataclasses import dataclass

from shared.text import Text


@dataclass(frozen=True, slots=True)
class ProblemKind:
    """A kind has a page under `/problems/`; its slug never changes."""

    slug: str
    status: int
    title: Text
    detail: Text
    mend: Text

    @property
    def type(self) -> str:
        return f"/problems/{self.slug}"


MALFORMED_REQUEST = ProblemKind(
    "malformed-request",
    400,
    Text(id="Permintaan HTTP tidak dapat dibaca", en="The HTTP request can't be read"),
    Text(
        id="Sebuah header atau isi permintaan tidak mengikuti bentuk yang ditentukan.",
        en="A header or the body of the request doesn't have the form that it must have.",
    ),
    Text(
        id="Perbaiki bagian yang disebut pada `detail`, lalu kirim lagi.",
        en="Mend the part that `detail` names, then send it again.",
    ),
)

UNAUTHENTICATED = ProblemKind(
    "unauthenticated",
    401,
    Text(id="Belum masuk (login)", en="Not signed in"),
    Text(
        id="Alamat ini hanya untuk yang membawa token yang berlaku.",
        en="This address is only for those who bring a valid token.",
    ),
    Text(
        id="Kirim `Authorization: Bearer <token>` dengan token dari penerbit identitas "
        "kantor; token yang kedaluwarsa harus diganti.",
        en="Send `Authorization: Bearer <token>` with a token of the office's identity "
        "provider; one that has expired must be replaced.",
    ),
)

FORBIDDEN = ProblemKind(
    "forbidden",
    403,
    Text(id="Tidak berwenang", en="Not allowed for you"),
    Text(
        id="Token ini berlaku, tetapi perannya tidak berwenang melakukan hal ini.",
        en="The token is valid, but its roles don't allow this.",
    ),
    Text(
        id="Minta orang dengan peran yang berwenang, atau minta peran itu kepada supervisor.",
        en="Ask somebody with a role that may, or ask a supervisor for the role.",
    ),
)

NOT_FOUND = ProblemKind(
    "not-found",
    404,
    Text(id="Tidak ditemukan", en="Not found"),
    Text(
        id="Tidak ada apa pun pada alamat ini, atau tidak untuk Anda.",
        en="There is nothing at this address, or nothing for you.",
    ),
    Text(
        id="Periksa alamat dan nomornya; alamat yang ada tercantum di /docs.",
        en="Check the address and the number; /docs lists the addresses that exist.",
    ),
)

MISTYPED_NUMBER = ProblemKind(
    "mistyped-number",
    404,
    Text(id="Nomor salah ketik", en="The number is mistyped"),
    Text(
        id="Huruf periksa di akhir nomor tidak cocok: nomor ini salah ketik (mistyped).",
        en="The check character at the end doesn't fit: the number is mistyped.",
    ),
    Text(
        id="Cocokkan dengan nomor pada tanda terima, huruf demi huruf.",
        en="Compare it with the number on the receipt, character by character.",
    ),
)

METHOD_NOT_ALLOWED = ProblemKind(
    "method-not-allowed",
    405,
    Text(id="Metode tidak tersedia", en="Method not allowed"),
    Text(
        id="Alamat ini ada, tetapi tidak untuk metode HTTP tersebut.",
        en="The address exists, but not for this HTTP method.",
    ),
    Text(
        id="Gunakan salah satu metode dari header `Allow`.",
        en="Use one of the methods in the `Allow` header.",
    ),
)

NOT_ALLOWED = ProblemKind(
    "not-allowed",
    409,
    Text(id="Tidak dapat dilakukan pada status ini", en="Not possible from this state"),
    Text(
        id="Kasus berada pada status yang tidak menerima perintah ini. Pada jawaban ini "
        "`status` adalah status kasus, dan `allowed` perintah yang dapat dilakukan sekarang.",
        en="The case is in a state that doesn't take this command. In this answer `status` "
        "is the case's status, and `allowed` the commands that are possible now.",
    ),
    Text(
        id="Pilih salah satu perintah dalam `allowed`.",
        en="Choose one of the commands in `allowed`.",
    ),
)

CASE_FULL = ProblemKind(
    "case-full",
    409,
    Text(id="Riwayat kasus sudah penuh", en="The case's history is full"),
    Text(
        id="Kasus ini sudah berisi peristiwa sebanyak `events_max`. Perintah yang membuatnya "
        "berputar lagi tidak diterima; yang menyelesaikannya diterima. Tidak ada yang disimpan.",
        en="The case holds `events_max` events. Commands that lead it round again are refused; "
        "those that finish it are not. Nothing was stored.",
    ),
    Text(
        id="Selesaikan kasus ini dengan salah satu perintah dalam `allowed`; hal yang baru "
        "didaftarkan sebagai kasus baru.",
        en="Finish the case by one of the commands in `allowed`; register anything new as a new "
        "case.",
    ),
)

CONFLICT = ProblemKind(
    "conflict",
    409,
    Text(id="Kasus sedang diubah orang lain", en="Somebody else is changing the case"),
    Text(
        id="Kasus berubah berkali-kali selama perintah ini dikerjakan; tidak ada yang disimpan.",
        en="The case changed again and again while this was being done; nothing was stored.",
    ),
    Text(id="Muat kasusnya lagi, lalu ulangi.", en="Load the case again, then repeat."),
)

FORKED = ProblemKind(
    "forked",
    409,
    Text(id="Riwayat yang Anda ikuti sudah tidak ada", en="The history that you followed is gone"),
    Text(
        id="Pada `position` log ini menyimpan peristiwa lain daripada yang pernah Anda terima: "
        "basis datanya dipulihkan dari cadangan, atau diganti replika yang tertinggal.",
        en="At `position` the log holds another event than the one that you received: its "
        "database was restored from a backup, or replaced by a replica that was behind.",
    ),
    Text(
        id="Baca ulang: dari awal dengan `after=0`, atau dari peristiwa terakhir yang masih sama "
        "(`epochs` menyebut posisi pertama tiap masa). Buang apa yang berasal dari sesudahnya.",
        en="Read again: from the start with `after=0`, or from the last event that is still the "
        "same (`epochs` names each epoch's first position). Discard what came after it.",
    ),
)

BEYOND_HEAD = ProblemKind(
    "beyond-head",
    409,
    Text(id="Log belum sampai di sana", en="The log doesn't reach that far"),
    Text(
        id="`after` lebih besar daripada posisi terakhir log (`head`). Jika Anda pernah membaca "
        "sampai di sana, log ini telah kehilangan peristiwa.",
        en="`after` is greater than the log's last position (`head`). If you have read up to "
        "there, the log has lost events.",
    ),
    Text(
        id="Gunakan `cursor` dari jawaban terakhir: dengan itu log dapat memastikan riwayatnya.",
        en="Use the `cursor` of your last answer: by it the log can tell one history from another.",
    ),
)

STALE_VERSION = ProblemKind(
    "stale-version",
    412,
    Text(id="Kasus sudah berubah", en="The case has changed"),
    Text(
        id="Versi dalam `If-Match` bukan lagi versi kasus ini; tidak ada yang disimpan.",
        en="The version in `If-Match` is no longer the case's; nothing was stored.",
    ),
    Text(
        id="Muat kasusnya lagi dan kirim dengan `ETag` yang baru.",
        en="Load the case again and send it with the new `ETag`.",
    ),
)

TOO_LARGE = ProblemKind(
    "too-large",
    413,
    Text(id="Terlalu besar", en="Too large"),
    Text(
        id="Isi permintaan melebihi batas: 64 KiB (formulir 256 KiB), atau 2.000 unsur JSON.",
        en="The body is beyond the limit: 64 KiB (a form 256 KiB), or 2,000 members of JSON.",
    ),
    Text(id="Kirim isi yang lebih kecil.", en="Send a smaller body."),
)

UNSUPPORTED_MEDIA_TYPE = ProblemKind(
    "unsupported-media-type",
    415,
    Text(id="Jenis isi tidak didukung", en="Unsupported media type"),
    Text(
        id="Alamat ini menerima JSON, tetapi yang dikirim dinyatakan sebagai jenis lain.",
        en="This address takes JSON, but what was sent says that it is something else.",
    ),
    Text(
        id="Kirim JSON dengan `Content-Type: application/json`.",
        en="Send JSON with `Content-Type: application/json`.",
    ),
)

MISDIRECTED = ProblemKind(
    "misdirected",
    421,
    Text(id="Alamat bukan milik kantor ini", en="Not an address of this office"),
    Text(
        id="Nama pada `Host` bukan nama layanan ini bagi masyarakat.",
        en="The name in `Host` is none under which the public reaches this service.",
    ),
    Text(
        id="Buka alamat resmi kantor ini. Pengelola: periksa `JANJI_PAGES_PUBLIC_URL` dan "
        "`JANJI_COMPLAINTS_PUBLIC_URL`.",
        en="Open the office's own address. Operators: see `JANJI_PAGES_PUBLIC_URL` and "
        "`JANJI_COMPLAINTS_PUBLIC_URL`.",
    ),
)

INVALID = ProblemKind(
    "invalid",
    422,
    Text(id="Isi tidak memenuhi aturan", en="The content breaks a rule"),
    Text(
        id="Satu atau beberapa bagian tidak memenuhi aturan; `errors` menyebut tiap bagian, "
        "aturannya, dan apa yang seharusnya. Tidak ada yang disimpan.",
        en="One or more parts break a rule; `errors` names each part, the rule, and what it "
        "should be. Nothing was stored.",
    ),
    Text(
        id="Perbaiki bagian yang disebut pada `pointer`, lalu kirim lagi.",
        en="Mend the parts that `pointer` shows, then send it again.",
    ),
)

KEY_REUSED = ProblemKind(
    "idempotency-key-reused",
    422,
    Text(id="Idempotency-Key sudah digunakan", en="The Idempotency-Key was used before"),
    Text(
        id="Kunci ini sudah digunakan pada alamat ini untuk isi lain; tidak ada yang disimpan.",
        en="This key was used at this address for another body; nothing was stored.",
    ),
    Text(
        id="Gunakan kunci baru untuk perintah baru; ulangi perintah lama hanya dengan isi sama.",
        en="Use a new key for a new command; repeat an old one only with the same body.",
    ),
)

TOO_MANY_REQUESTS = ProblemKind(
    "too-many-requests",
    429,
    Text(id="Terlalu sering", en="Too many requests"),
    Text(
        id="Terlalu banyak permintaan dalam waktu singkat.",
        en="Too many requests in a short time.",
    ),
    Text(
        id="Tunggu selama `Retry-After` (detik), lalu ulangi.",
        en="Wait for `Retry-After` (seconds), then repeat.",
    ),
)

INTERNAL_ERROR = ProblemKind(
    "internal-error",
    500,
    Text(id="Kesalahan di pihak kami", en="The fault is ours"),
    Text(
        id="Terjadi kesalahan yang tidak kami duga, dan sudah tercatat dengan `trace_id` ini.",
        en="Something went wrong that we did not foresee. It is on record under this `trace_id`.",
    ),
    Text(
        id="Ulangi dengan `Idempotency-Key` yang sama; jika tetap gagal, sebutkan `trace_id` "
        "kepada kami.",
        en="Repeat with the same `Idempotency-Key`; if it still fails, tell us the `trace_id`.",
    ),
)

BUSY = ProblemKind(
    "busy",
    503,
    Text(id="Sedang sibuk", en="Busy"),
    Text(
        id="Terlalu banyak yang menunggu untuk disimpan; permintaan ini tidak disimpan.",
        en="Too much is waiting to be stored; this was not stored.",
    ),
    Text(
        id="Tunggu selama `Retry-After` (detik), lalu ulangi.",
        en="Wait for `Retry-After` (seconds), then repeat.",
    ),
)

OUTCOME_UNKNOWN = ProblemKind(
    "outcome-unknown",
    503,
    Text(id="Hasilnya belum diketahui", en="The outcome is not known"),
    Text(
        id="Hubungan ke penyimpanan terputus; perintah ini mungkin sudah tersimpan, mungkin belum.",
        en="The connection to the store broke; the command may have been stored, or may not.",
    ),
    Text(
        id="Ulangi dengan `Idempotency-Key` yang sama: yang sudah tersimpan tidak disimpan "
        "dua kali. Tanpa kunci, periksa kasusnya dahulu.",
        en="Repeat with the same `Idempotency-Key`: what was stored isn't stored twice. "
        "Without a key, look at the case first.",
    ),
)

UNAVAILABLE = ProblemKind(
    "unavailable",
    503,
    Text(id="Belum dapat dilayani", en="Unavailable for now"),
    Text(
        id="Bagian yang diperlukan untuk menjawab sedang tidak tersedia.",
        en="A part that is needed for the answer is not available.",
    ),
    Text(
        id="Tunggu selama `Retry-After` (detik), lalu ulangi.",
        en="Wait for `Retry-After` (seconds), then repeat.",
    ),
)

CATALOGUE = (
    MALFORMED_REQUEST,
    UNAUTHENTICATED,
    FORBIDDEN,
    NOT_FOUND,
    MISTYPED_NUMBER,
    METHOD_NOT_ALLOWED,
    NOT_ALLOWED,
    CASE_FULL,
    CONFLICT,
    FORKED,
    BEYOND_HEAD,
    STALE_VERSION,
    TOO_LARGE,
    UNSUPPORTED_MEDIA_TYPE,
    MISDIRECTED,
    INVALID,
    KEY_REUSED,
    TOO_MANY_REQUESTS,
    INTERNAL_ERROR,
    BUSY,
    OUTCOME_UNKNOWN,
    UNAVAILABLE,
)
