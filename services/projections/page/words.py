"""The words of the public pages, Indonesian and English side by side.

A word that differs between the two services has the service's name after its key: `waiting` for
requests, `waiting_complaints` for complaints (see `word_of`).
"""

from services.projections.page.fact_words import FACT_WORDS
from shared.text import Text
from shared.web.page.words import Words

WORDS: Words = {
    **FACT_WORDS,
    # The figures.
    "figures_title": Text(id="Apakah janji pelayanan dipenuhi?", en="Is the service promise kept?"),
    "requests": Text(id="Permintaan", en="Requests"),
    "complaints": Text(id="Pengaduan", en="Complaints"),
    "received": Text(id="Diterima", en="Received"),
    "on_time": Text(id="Tepat waktu", en="On time"),
    "late": Text(id="Terlambat", en="Late"),
    "overdue": Text(id="Lewat batas waktu", en="Overdue"),
    "running": Text(id="Dalam proses", en="Running"),
    "waiting": Text(id="Menunggu pemohon", en="Waiting for the applicant"),
    "waiting_complaints": Text(
        id="Menunggu jawaban pelapor", en="Waiting for the complainant's answer"
    ),
    "withdrawn": Text(id="Dibatalkan pemohon", en="Withdrawn"),
    "forwarded": Text(id="Diteruskan", en="Forwarded"),
    "not_on_time": Text(id="Tidak tepat waktu", en="Not on time"),
    "undecided": Text(id="Lainnya", en="Others"),
    "undecided_explained": Text(
        id="Lainnya: dalam proses, menunggu jawaban pelapor, atau diteruskan.",
        en="Others: running, waiting for the complainant's answer, or forwarded.",
    ),
    "state": Text(id="Status", en="State"),
    "count": Text(id="Jumlah", en="Count"),
    "identity": Text(
        id="{cases} yang diterima pada {period}, menurut status",
        en="{cases} received in {period}, by state",
    ),
    "by_kind": Text(
        id="{cases} yang diterima pada {period}, menurut jenis",
        en="{cases} received in {period}, by kind",
    ),
    "by_kind_and_state": Text(
        id="{cases} yang diterima pada {period}, menurut jenis dan status",
        en="{cases} received in {period}, by kind and state",
    ),
    "by_category": Text(
        id="{cases} yang diterima pada {period}, menurut kategori",
        en="{cases} received in {period}, by category",
    ),
    "by_channel": Text(
        id="{cases} yang diterima pada {period}, menurut saluran",
        en="{cases} received in {period}, by channel",
    ),
    "days_title": Text(id="Lama penyelesaian", en="How long it took"),
    "days_used": Text(id="Hari kerja yang digunakan", en="Working days used"),
    "days_caption": Text(
        id="Hari kerja yang digunakan untuk {cases} yang selesai atau lewat batas waktu",
        en="Working days used by {cases} that are finished or overdue",
    ),
    "promise": Text(id="Janji: {days}.", en="The promise: {days}."),
    "promise_line": Text(id="janji: {days}", en="promised: {days}"),
    "promise_lines": Text(
        id="Garis putus-putus: batas waktu setiap kategori.",
        en="Dashed lines: the deadlines of the categories.",
    ),
    "histogram": Text(
        id="{cases} menurut hari kerja yang digunakan; terbanyak {most}, {took}",
        en="{cases} by working days used; most of them, {most}, {took}",
    ),
    "took_same_day": Text(id="selesai pada hari yang sama", en="were finished on the same day"),
    "took_days": Text(id="dalam {days}", en="took {days}"),
    "took_more": Text(id="dalam {days} atau lebih", en="took {days} or more"),
    "days_axis": Text(
        id="Sumbu tegak: jumlah kasus. Sumbu mendatar: hari kerja yang digunakan.",
        en="Vertical axis: how many cases. Horizontal axis: working days used.",
    ),
    "days_or_more": Text(id="{days} atau lebih", en="{days} or more"),
    "by_month_title": Text(id="Dari bulan ke bulan", en="Month by month"),
    "by_month": Text(
        id="{cases} yang diterima pada {period}, menurut bulan penerimaan",
        en="{cases} received in {period}, by month of receipt",
    ),
    "months_drawn": Text(
        id="{cases} menurut bulan penerimaan: seluruhnya {on_time} dari {decided} tepat waktu",
        en="{cases} by month of receipt: in all {on_time} of {decided} on time",
    ),
    "months_axis": Text(
        id="Sumbu tegak: kasus yang selesai atau jatuh tempo. Bagian bawah: tepat waktu; bagian "
        "atas yang bergaris: tidak tepat waktu.",
        en="Vertical axis: cases finished or due. Lower part: on time; hatched upper part: not on "
        "time.",
    ),
    "month": Text(id="Bulan", en="Month"),
    "this_data": Text(id="Data ini:", en="This data:"),
    "other_period": Text(id="Pilih periode lain", en="Choose another period"),
    "kinds": Text(id="Menurut jenis", en="By kind"),
    "kind": Text(id="Jenis", en="Kind"),
    "categories": Text(id="Menurut kategori", en="By category"),
    "other": Text(id="Lainnya (di luar standar)", en="Other (not in the standard)"),
    "unclassified": Text(id="Belum dikategorikan", en="Not yet classified"),
    "channels": Text(id="Menurut saluran", en="By channel"),
    "channel": Text(id="Saluran", en="Channel"),
    "kinds_and_states": Text(id="jenis dan status", en="kinds and states"),
    "category_and_deadline": Text(id="Kategori dan batas waktu", en="Category and deadline"),
    "show_table": Text(id="Tabel: {caption}", en="Table: {caption}"),
    "this_release": Text(id="Lihat rilis ini.", en="See this release."),
    "released": Text(
        id="Rincian pengaduan di bawah ini dirilis pada {day} dan tidak berubah sampai rilis "
        "berikutnya.",
        en="The details of complaints below were released on {day} and stay as they are until the "
        "next release.",
    ),
    "released_then": Text(id="rilis {day}", en="released on {day}"),
    "merged_why": Text(
        id="Kategori atau saluran dengan kurang dari 5 pengaduan digabung agar pelapor tidak dapat "
        "dikenali.",
        en="Categories and channels with fewer than 5 complaints are shown together so that nobody "
        "who complained can be recognised.",
    ),
    "months_only": Text(
        id="Kategori, saluran, dan lama penyelesaian pengaduan hanya ditampilkan per triwulan dan "
        "per tahun.",
        en="Categories, channels and how long complaints took are shown by quarter and by year "
        "only.",
    ),
    "not_released": Text(
        id="Rincian pengaduan periode ini belum dirilis. Rilis terbit pada hari pertama setiap "
        "triwulan.",
        en="The details of this period's complaints are not released yet. A release comes out on "
        "the first day of each quarter.",
    ),
    "not_of_the_past": Text(
        id="Rincian pengaduan tidak ditampilkan untuk tanggal yang lampau; setiap rilisnya "
        "tersimpan menurut tanggal.",
        en="The details of complaints are not shown for a past date; each of their releases is "
        "kept by its date.",
    ),
    "hide_title": Text(id="Hal yang dapat menutupi keterlambatan", en="What figures can hide"),
    "hide_caption": Text(
        id="Yang terjadi pada {cases} yang diterima pada {period}",
        en="What happened to the {cases} received in {period}",
    ),
    "recorded_caption": Text(
        id="Pencatatan {cases} pada {period}", en="How {cases} of {period} were recorded"
    ),
    "waited": Text(
        id="Pernah dikembalikan atau dimintai penjelasan",
        en="Returned or asked for clarification",
    ),
    "rejected": Text(id="Ditolak", en="Rejected"),
    "reopened": Text(id="Pernah dibuka kembali", en="Reopened"),
    "reopenings": Text(id="Jumlah pembukaan kembali", en="Reopenings in all"),
    "reclassified": Text(id="Pernah diubah kategorinya", en="Reclassified"),
    "backdated": Text(
        id="Dicatat lebih dari 1 hari kerja setelah diterima",
        en="Recorded more than 1 working day after receipt",
    ),
    "voided": Text(
        id="Dibatalkan karena salah catat, tidak termasuk yang diterima",
        en="Void, registered by mistake; not among those received",
    ),
    "voided_overdue": Text(
        id="Dibatalkan karena salah catat sesudah batas waktu terlampaui",
        en="Void, registered by mistake; voided after the due date had passed",
    ),
    "oldest_overdue_days": Text(
        id="Keterlambatan terlama (belum selesai)", en="The one longest overdue"
    ),
    "oldest_waiting_days": Text(
        id="Masa menunggu pemohon yang terlama", en="The one longest waiting for its applicant"
    ),
    "oldest_waiting_days_complaints": Text(
        id="Masa menunggu jawaban pelapor yang terlama",
        en="The one longest waiting for the complainant's answer",
    ),
    "revisions": Text(id="Angka yang berubah kemudian", en="Figures that changed afterwards"),
    "revised": Text(
        id="Perubahan angka sejak periode ini berakhir: {count}.",
        en="Changes of figures since this period ended: {count}.",
    ),
    "newest_only": Text(
        id="Yang ditampilkan: {count} perubahan terbaru.", en="Shown: the newest {count}."
    ),
    "revisions_caption": Text(
        id="Angka {period} yang berubah sesudah periode itu berakhir",
        en="Figures of {period} that changed after it ended",
    ),
    "figure": Text(id="Angka", en="Figure"),
    "before": Text(id="Semula", en="Before"),
    "after": Text(id="Menjadi", en="After"),
    "why_overdue": Text(id="batas waktu terlampaui", en="the due date passed"),
    "why_calendar_amended": Text(id="kalender kerja diubah", en="the calendar was amended"),
    "why_import": Text(id="data lama dimasukkan", en="history was imported"),
    "why_received": Text(id="kasus diterima", en="a case was received"),
    "why_classified": Text(id="kategori ditetapkan", en="a category was set"),
    "why_returned": Text(id="dikembalikan kepada pemohon", en="it went back to the applicant"),
    "why_resumed": Text(id="dilanjutkan", en="it went on"),
    "why_finished": Text(id="selesai", en="it was finished"),
    "why_withdrawn": Text(id="dibatalkan pemohon", en="it was withdrawn"),
    "why_forwarded": Text(id="diteruskan", en="it was forwarded"),
    "why_reopened": Text(id="dibuka kembali", en="it was reopened"),
    "why_voided": Text(id="dibatalkan karena salah catat", en="it was registered by mistake"),
    "why_other": Text(id="sebab lain", en="another reason"),
    "clocks_caption": Text(
        id="Batas waktu lain dari {cases} yang diterima pada {period}",
        en="Further time limits of the {cases} received in {period}",
    ),
    "kept": Text(id="Terpenuhi", en="Kept"),
    "missed": Text(id="Terlampaui", en="Missed"),
    "rating_title": Text(id="Penilaian", en="Rating"),
    "rating": Text(
        id="Rata-rata {mean} dari 5; jumlah penilaian: {count}.",
        en="{mean} of 5 on average; number of ratings: {count}.",
    ),
    "no_rating": Text(id="Belum ada penilaian.", en="No ratings yet."),
    "data": Text(id="Data", en="Data"),
    "as_of": Text(
        id="Data per {at} · kalender kerja versi {calendar} · standar {decree}",
        en="Data as of {at} · working calendar version {calendar} · standard {decree}",
    ),
    "as_known": Text(
        id="Angka di bawah ini ditampilkan sebagaimana diketahui pada akhir hari {day}.",
        en="The figures below are shown as they were known at the end of {day}.",
    ),
    "to_the_present": Text(id="Lihat angka terbaru", en="See the newest figures"),
    "stale": Text(
        id="Data belum diperbarui sejak {at}. Angka di bawah mungkin tidak lengkap.",
        en="Data has not been updated since {at}. The figures below may be incomplete.",
    ),
    "forked": Text(
        id="Catatan layanan tidak lagi memuat sebagian peristiwa yang menjadi dasar angka ini. "
        "Angka di bawah sedang dihitung ulang.",
        en="A service's record no longer holds some of the events that these figures were counted "
        "from. The figures below are being counted again.",
    ),
    "provisional": Text(
        id="Sebagian batas waktu bergantung pada hari libur yang belum ditetapkan.",
        en="Some due dates depend on holidays not yet decreed.",
    ),
    "provisional_requests": Text(
        id="Jumlah permintaan yang terkait: {count}.", en="Number of such requests: {count}."
    ),
    "not_over": Text(
        id="Periode ini belum berakhir; angkanya masih berubah.",
        en="This period is not over; its figures still change.",
    ),
    "period": Text(id="Periode", en="Period"),
    "years": Text(id="Tahun", en="Year"),
    "quarters": Text(id="Triwulan", en="Quarter"),
    "months": Text(id="Bulan", en="Month"),
    "year": Text(id="tahun {year}", en="{year}"),
    "quarter": Text(id="Triwulan {quarter} Tahun {year}", en="Quarter {quarter} of {year}"),
    "csv": Text(id="Tabel (CSV)", en="Table (CSV)"),
    "xlsx": Text(id="Lembar kerja (XLSX)", en="Spreadsheet (XLSX)"),
    "json": Text(id="Untuk aplikasi (JSON)", en="For programs (JSON)"),
    "requests_csv": Text(id="Permintaan per kasus (CSV)", en="Requests, case by case (CSV)"),
    "releases": Text(id="Rilis rincian pengaduan (JSON)", en="Releases on complaints (JSON)"),
    "data_package": Text(id="Penjelasan data (Data Package)", en="Description (Data Package)"),
    "method": Text(id="Cara menghitung", en="How it is counted"),
    "standard": Text(id="Standar pelayanan", en="Service standard"),
    "figures": Text(id="Kinerja layanan", en="Figures"),
    "no_such_period": Text(id="Angka periode ini tidak tersedia", en="No figures of this period"),
    "refused_title": Text(
        id="Alamat ini tidak dapat ditampilkan", en="This address cannot be shown"
    ),
    "way_on": Text(
        id="Pilihlah salah satu periode di bawah ini, atau lihat",
        en="Choose one of the periods below, or see",
    ),
    "this_year": Text(id="angka tahun ini", en="the figures of this year"),
    "without_parameters": Text(
        id="Buka halaman ini tanpa parameter", en="Open this page without parameters"
    ),
    "complain": Text(id="Sampaikan pengaduan", en="Make a complaint"),
}
