"""The words of the public pages, Indonesian and English side by side."""

from shared.promise.standard import Text
from shared.web.page.words import Words

WORDS: Words = {
    # The figures.
    "figures_title": Text(id="Apakah janji pelayanan ditepati?", en="Is the service promise kept?"),
    "requests": Text(id="Permintaan", en="Requests"),
    "complaints": Text(id="Pengaduan", en="Complaints"),
    "received": Text(id="diterima", en="received"),
    "on_time": Text(id="tepat waktu", en="on time"),
    "late": Text(id="terlambat", en="late"),
    "overdue": Text(id="lewat batas waktu", en="overdue"),
    "running": Text(id="berjalan", en="running"),
    "waiting": Text(id="menunggu pemohon", en="waiting for the applicant"),
    "withdrawn": Text(id="ditarik", en="withdrawn"),
    "forwarded": Text(id="diteruskan", en="forwarded"),
    "not_on_time": Text(id="tidak tepat waktu", en="not on time"),
    "state": Text(id="Keadaan", en="State"),
    "count": Text(id="Jumlah", en="Count"),
    "identity": Text(
        id="{cases} yang diterima pada {period}, menurut keadaannya",
        en="{cases} received in {period}, by state",
    ),
    "bar": Text(id="{on_time} dari {received} tepat waktu", en="{on_time} of {received} on time"),
    "days_title": Text(id="Berapa lama", en="How long it took"),
    "days_sentence": Text(
        id="Hari kerja terpakai: separuh kasus paling banyak {median}, sembilan dari sepuluh "
        "paling banyak {p90}. Dari sisi pemohon, masa menunggu ikut dihitung: {median_elapsed} "
        "dan {p90_elapsed}.",
        en="Working days used: at most {median} in half of the cases, at most {p90} in nine of "
        "ten. As the applicant sees it, waiting included: {median_elapsed} and {p90_elapsed}.",
    ),
    "days_used": Text(id="Hari kerja terpakai", en="Working days used"),
    "days_caption": Text(
        id="Hari kerja terpakai dari kasus yang selesai atau lewat batas waktu",
        en="Working days used by cases that are finished or overdue",
    ),
    "promise": Text(id="janji: {days} hari kerja", en="promised: within {days} of them"),
    "kinds": Text(id="Menurut jenis", en="By kind"),
    "kind": Text(id="Jenis", en="Kind"),
    "categories": Text(id="Menurut kategori", en="By category"),
    "category": Text(id="Kategori", en="Category"),
    "unclassified": Text(id="Belum dikategorikan", en="Not yet classified"),
    "channels": Text(id="Menurut saluran", en="By channel"),
    "channel": Text(id="Saluran", en="Channel"),
    "deadline": Text(id="Batas waktu", en="Deadline"),
    "working_days": Text(id="{days} hari kerja", en="{days} working days"),
    "hidden": Text(id="disembunyikan", en="hidden"),
    "hidden_why": Text(
        id="Angka 1 sampai 4 disembunyikan agar pelapor tidak dapat dikenali; angka lain ikut "
        "disembunyikan bila dari sana angka itu dapat dihitung.",
        en="Counts of 1 to 4 are hidden so that nobody who complained can be recognised; other "
        "counts are hidden too where those could be reckoned from them.",
    ),
    "months_only": Text(
        id="Kategori dan saluran hanya ditunjukkan per triwulan dan per tahun.",
        en="Categories and channels are shown by quarter and by year only.",
    ),
    "hide_title": Text(id="Yang dapat tersembunyi di balik angka", en="What figures can hide"),
    "waited": Text(
        id="pernah dikembalikan atau dimintai penjelasan",
        en="were returned or asked for clarification",
    ),
    "rejected": Text(id="ditolak", en="rejected"),
    "reopened": Text(id="pernah dibuka kembali", en="were reopened"),
    "reopenings": Text(id="pembukaan kembali seluruhnya", en="reopenings in all"),
    "reclassified": Text(id="pernah diubah kategorinya", en="were reclassified"),
    "oldest_overdue_days": Text(
        id="hari kerja: yang paling lama lewat batas waktu",
        en="working days: the one longest overdue",
    ),
    "oldest_waiting_days": Text(
        id="hari kerja: yang paling lama menunggu pemohon",
        en="working days: the one longest waiting for its applicant",
    ),
    "rating_title": Text(id="Penilaian", en="Rating"),
    "rating": Text(
        id="Rata-rata {mean} dari 5, menurut {count} penilaian.",
        en="{mean} of 5 on average, by {count} ratings.",
    ),
    "no_rating": Text(id="Belum ada penilaian.", en="No ratings yet."),
    "data": Text(id="Data", en="Data"),
    "as_of": Text(
        id="Data per {at} · kalender kerja versi {calendar} · standar {decree}",
        en="Data as of {at} · working calendar version {calendar} · standard {decree}",
    ),
    "stale": Text(
        id="Data belum diperbarui sejak {at}. Angka di bawah mungkin tidak lengkap.",
        en="Data has not been updated since {at}. The figures below may be incomplete.",
    ),
    "held": Text(
        id="{held} kasus sedang diperiksa dan belum dihitung.",
        en="{held} cases are held for checking and not counted.",
    ),
    "provisional": Text(
        id="Sebagian batas waktu bergantung pada hari libur yang belum ditetapkan.",
        en="Some due dates depend on holidays not yet decreed.",
    ),
    "not_over": Text(
        id="Periode ini belum berakhir; angkanya masih berubah.",
        en="This period is not over; its figures still change.",
    ),
    "period": Text(id="Periode", en="Period"),
    "quarter": Text(id="Triwulan {quarter} {year}", en="Quarter {quarter} of {year}"),
    "method": Text(id="Cara menghitung", en="How it is counted"),
    "standard": Text(id="Standar pelayanan", en="Service standard"),
    "figures": Text(id="Angka", en="Figures"),
    "pages": Text(id="Halaman", en="Pages"),
    # The standard.
    "requirements": Text(id="Persyaratan", en="Requirements"),
    "procedure": Text(id="Sistem, mekanisme, dan prosedur", en="System, mechanism and procedure"),
    "completion": Text(id="Waktu penyelesaian", en="Completion time"),
    "fee": Text(id="Biaya/tarif", en="Fee"),
    "product": Text(id="Produk pelayanan", en="Product"),
    "complaint_channels": Text(id="Pengaduan layanan", en="Complaints about the service"),
    "complaint_deadlines": Text(
        id="Jangka waktu penyelesaian pengaduan", en="Time limits for complaints"
    ),
    "office_hours": Text(id="Jam kerja", en="Office hours"),
    "day_of_week": Text(id="Hari", en="Day"),
    "basis": Text(id="Dasar", en="Basis"),
    "kinds_of_request": Text(id="Jenis permintaan", en="Kinds of request"),
    "target": Text(id="Target", en="Target"),
    "every_case": Text(id="setiap kasus tepat waktu", en="every case on time"),
    "in_force_from": Text(id="Berlaku sejak {day}", en="In force from {day}"),
    "to_be_confirmed": Text(
        id="Belum disebut dalam SK dan menunggu konfirmasi Dinas:",
        en="Not named in the decree and to be confirmed by the office:",
    ),
    # The method.
    "method_intro": Text(
        id="Setiap angka di situs ini dihitung menurut aturan di bawah ini, dan dapat dihitung "
        "ulang oleh siapa pun. Yang tidak diatur dalam undang-undang atau standar pelayanan "
        "adalah keputusan sistem ini.",
        en="Every figure here is counted by the rules below, and anybody can reckon it again. What "
        "no law and no service standard settles is a decision of this system.",
    ),
    "clock_rules": Text(id="Jangka waktu", en="The clock"),
    "statistics_rules": Text(id="Statistik", en="The statistics"),
    "days_off": Text(
        id="Hari libur nasional dan cuti bersama {year}", en="Public holidays and leave of {year}"
    ),
    "provisional_year": Text(id="sementara", en="provisional"),
    "name": Text(id="Nama", en="Name"),
    "date": Text(id="Tanggal", en="Date"),
    "decree_of": Text(id="Ketetapan", en="Decree"),
}
