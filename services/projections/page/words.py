"""The words of the public pages, Indonesian and English side by side."""

from shared.promise.standard import Text
from shared.web.page.words import Words

WORDS: Words = {
    # The figures.
    "figures_title": Text(id="Apakah janji pelayanan ditepati?", en="Is the service promise kept?"),
    "requests": Text(id="Permintaan", en="Requests"),
    "complaints": Text(id="Pengaduan", en="Complaints"),
    "received": Text(id="Diterima", en="Received"),
    "on_time": Text(id="Tepat waktu", en="On time"),
    "late": Text(id="Terlambat", en="Late"),
    "overdue": Text(id="Lewat batas waktu", en="Overdue"),
    "running": Text(id="Berjalan", en="Running"),
    "waiting": Text(id="Menunggu pemohon", en="Waiting for the applicant"),
    "withdrawn": Text(id="Ditarik", en="Withdrawn"),
    "forwarded": Text(id="Diteruskan", en="Forwarded"),
    "not_on_time": Text(id="Tidak tepat waktu", en="Not on time"),
    "state": Text(id="Keadaan", en="State"),
    "count": Text(id="Jumlah", en="Count"),
    "identity": Text(
        id="{cases} yang diterima pada {period}, menurut keadaannya",
        en="{cases} received in {period}, by state",
    ),
    "by_kind": Text(
        id="{cases} yang diterima pada {period}, menurut jenis dan keadaannya",
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
    "bar": Text(id="{on_time} dari {received} tepat waktu", en="{on_time} of {received} on time"),
    "days_title": Text(id="Berapa lama", en="How long it took"),
    "days_used": Text(id="Hari kerja terpakai", en="Working days used"),
    "days_caption": Text(
        id="Hari kerja terpakai dari {cases} yang selesai atau lewat batas waktu",
        en="Working days used by {cases} that are finished or overdue",
    ),
    "promise": Text(id="Janji: {days}.", en="The promise: {days}."),
    "promise_line": Text(id="janji: {days}", en="promised: {days}"),
    "promise_lines": Text(
        id="Garis putus-putus: batas waktu masing-masing kategori.",
        en="Dashed lines: the deadlines of the categories.",
    ),
    "histogram": Text(
        id="{cases} menurut hari kerja terpakai; paling banyak, {most}, memakan {days}",
        en="{cases} by working days used; most of them, {most}, took {days}",
    ),
    "days_axis": Text(
        id="Ke atas: jumlah kasus. Ke kanan: hari kerja terpakai.",
        en="Upwards: how many cases. To the right: working days used.",
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
        id="Ke atas: kasus yang selesai atau jatuh tempo; yang tepat waktu di bawah, yang tidak "
        "tepat waktu bergaris di atasnya.",
        en="Upwards: cases finished or due; those on time below, those not on time hatched above.",
    ),
    "month": Text(id="Bulan", en="Month"),
    "this_data": Text(id="Data ini:", en="This data:"),
    "other_period": Text(id="Pilih periode lain", en="Choose another period"),
    "kinds": Text(id="Menurut jenis", en="By kind"),
    "kind": Text(id="Jenis", en="Kind"),
    "categories": Text(id="Menurut kategori", en="By category"),
    "category": Text(id="Kategori", en="Category"),
    "unclassified": Text(id="Belum dikategorikan", en="Not yet classified"),
    "channels": Text(id="Menurut saluran", en="By channel"),
    "channel": Text(id="Saluran", en="Channel"),
    "deadline": Text(id="Batas waktu", en="Deadline"),
    "category_and_deadline": Text(id="Kategori dan batas waktu", en="Category and deadline"),
    "hidden": Text(id="disem\N{SOFT HYPHEN}bunyi\N{SOFT HYPHEN}kan", en="hidden"),
    "hidden_why": Text(
        id="Angka 1 sampai 4 disembunyikan agar pelapor tidak dapat dikenali. Angka lain ikut "
        "disembunyikan bila dari sana angka itu dapat dihitung.",
        en="Counts of 1 to 4 are hidden so that nobody who complained can be recognised. Other "
        "counts are hidden too where those could be reckoned from them.",
    ),
    "months_only": Text(
        id="Kategori dan saluran hanya ditunjukkan per triwulan dan per tahun.",
        en="Categories and channels are shown by quarter and by year only.",
    ),
    "hide_title": Text(id="Yang dapat tersembunyi di balik angka", en="What figures can hide"),
    "hide_caption": Text(
        id="Yang terjadi pada {cases} yang diterima pada {period}",
        en="What happened to the {cases} received in {period}",
    ),
    "waited": Text(
        id="Pernah dikembalikan atau dimintai penjelasan",
        en="Returned or asked for clarification",
    ),
    "rejected": Text(id="Ditolak", en="Rejected"),
    "reopened": Text(id="Pernah dibuka kembali", en="Reopened"),
    "reopenings": Text(id="Pembukaan kembali seluruhnya", en="Reopenings in all"),
    "reclassified": Text(id="Pernah diubah kategorinya", en="Reclassified"),
    "backdated": Text(id="Dicatat lebih dari satu hari kerja kemudian", en="Recorded late"),
    "voided": Text(id="Dibatalkan karena salah catat", en="Void, registered by mistake"),
    "voided_overdue": Text(id="Dibatalkan sesudah batas waktu", en="Voided after the due date"),
    "oldest_overdue_days": Text(id="Paling lama lewat batas waktu", en="The one longest overdue"),
    "oldest_waiting_days": Text(
        id="Yang paling lama menunggu pemohon", en="The one longest waiting for its applicant"
    ),
    "revisions": Text(id="Angka yang berubah kemudian", en="Figures that changed afterwards"),
    "revised": Text(
        id="Perubahan angka sejak periode ini berakhir: {count}.",
        en="Changes of figures since this period ended: {count}.",
    ),
    "newest_only": Text(id="Yang ditunjukkan: {count} terbaru.", en="Shown: the newest {count}."),
    "revisions_caption": Text(
        id="Angka {period} yang berubah sesudah periode itu berakhir",
        en="Figures of {period} that changed after it ended",
    ),
    "figure": Text(id="Angka", en="Figure"),
    "before": Text(id="Semula", en="Before"),
    "after": Text(id="Menjadi", en="After"),
    "why_overdue": Text(id="batas waktu terlewati", en="the due date passed"),
    "why_calendar_amended": Text(id="kalender kerja diubah", en="the calendar was amended"),
    "why_import": Text(id="data lama dimasukkan", en="history was imported"),
    "why_received": Text(id="kasus diterima", en="a case was received"),
    "why_classified": Text(id="kategori ditetapkan", en="a category was set"),
    "why_returned": Text(id="dikembalikan ke pemohon", en="it went back to the applicant"),
    "why_resumed": Text(id="dilanjutkan", en="it went on"),
    "why_finished": Text(id="selesai", en="it was finished"),
    "why_withdrawn": Text(id="ditarik", en="it was withdrawn"),
    "why_forwarded": Text(id="diteruskan", en="it was forwarded"),
    "why_reopened": Text(id="dibuka kembali", en="it was reopened"),
    "why_voided": Text(id="dibatalkan karena salah catat", en="it was registered by mistake"),
    "why_other": Text(id="sebab lain", en="another reason"),
    "clocks_caption": Text(
        id="Batas waktu lain dari {cases} yang diterima pada {period}",
        en="Further time limits of the {cases} received in {period}",
    ),
    "clock_kept": Text(
        id="{clock}: {kept} dari {started} ditepati", en="{clock}: {kept} of {started} kept"
    ),
    "kept": Text(id="Ditepati", en="Kept"),
    "missed": Text(id="Terlewati", en="Missed"),
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
    "stale": Text(
        id="Data belum diperbarui sejak {at}. Angka di bawah mungkin tidak lengkap.",
        en="Data has not been updated since {at}. The figures below may be incomplete.",
    ),
    "provisional": Text(
        id="Sebagian batas waktu bergantung pada hari libur yang belum ditetapkan.",
        en="Some due dates depend on holidays not yet decreed.",
    ),
    "provisional_cases": Text(id="Permintaan seperti itu: {count}.", en="Such requests: {count}."),
    "not_over": Text(
        id="Periode ini belum berakhir; angkanya masih berubah.",
        en="This period is not over; its figures still change.",
    ),
    "period": Text(id="Periode", en="Period"),
    "years": Text(id="Tahun", en="Year"),
    "quarters": Text(id="Triwulan", en="Quarter"),
    "months": Text(id="Bulan", en="Month"),
    "quarter": Text(id="Triwulan {quarter} {year}", en="Quarter {quarter} of {year}"),
    "csv": Text(id="Tabel (CSV)", en="Table (CSV)"),
    "json": Text(id="Untuk program (JSON)", en="For programs (JSON)"),
    "data_package": Text(id="Penjelasan data (Data Package)", en="Description (Data Package)"),
    "method": Text(id="Cara menghitung", en="How it is counted"),
    "standard": Text(id="Standar pelayanan", en="Service standard"),
    "figures": Text(id="Angka", en="Figures"),
    "no_such_period": Text(id="Tidak ada angka periode ini", en="No figures of this period"),
    "way_on": Text(
        id="Pilihlah salah satu periode di bawah ini, atau lihat",
        en="Choose one of the periods below, or see",
    ),
    "this_year": Text(id="angka tahun ini", en="the figures of this year"),
    "complain": Text(id="Sampaikan pengaduan", en="Make a complaint"),
    # The standard.
    "requirements": Text(id="Persyaratan", en="Requirements"),
    "procedure": Text(id="Sistem, mekanisme, dan prosedur", en="System, mechanism and procedure"),
    "completion": Text(id="Waktu penyelesaian", en="Completion time"),
    "promised": Text(
        id="dari surat permintaan diterima sampai surat konfirmasi; {fee}.",
        en="from the letter of request to the letter that confirms it; {fee}.",
    ),
    "beyond_the_decree": Text(id="Cara pelayanan ini dijalankan", en="How the service is run"),
    "fee": Text(id="Biaya/tarif", en="Fee"),
    "product": Text(id="Produk pelayanan", en="Product"),
    "complaint_channels": Text(id="Pengaduan layanan", en="Complaints about the service"),
    "complaint_deadlines": Text(
        id="Jangka waktu penyelesaian pengaduan", en="Time limits for complaints"
    ),
    "step": Text(id="Langkah", en="Step"),
    "calendar_days": Text(id="{days} hari kalender", en="{days} calendar days"),
    "further_clocks": Text(id="Batas waktu lain", en="Further time limits"),
    "beside_the_promise": Text(
        id="Batas waktu ini berjalan di samping janji di atas dan tidak mengubahnya.",
        en="These run beside the promise above and do not change it.",
    ),
    "office_hours": Text(id="Jam kerja", en="Office hours"),
    "day_of_week": Text(id="Hari", en="Day"),
    "basis": Text(id="Dasar", en="Basis"),
    "kinds_of_request": Text(id="Jenis permintaan", en="Kinds of request"),
    "target": Text(id="Target", en="Target"),
    "every_case": Text(id="setiap kasus tepat waktu", en="every case on time"),
    "in_force_from": Text(id="Berlaku sejak {day}", en="In force from {day}"),
    "from_to": Text(id="Buka–tutup", en="Open–close"),
    "reviewer": Text(id="Pengkaji dan pelaksana", en="Who reviews and processes"),
    "mail_domain": Text(id="Domain email", en="Mail domain"),
    "request_channels": Text(id="Saluran permintaan", en="Channels for requests"),
    "to_be_confirmed": Text(id="Menunggu konfirmasi Dinas", en="To be confirmed by the office"),
    "not_in_the_decree": Text(
        id="Hal berikut tidak disebut dalam SK. Sampai Dinas memastikannya, sistem ini memakai "
        "yang tertulis di halaman ini.",
        en="The decree does not name the following. Until the office confirms them, this system "
        "uses what this page says.",
    ),
    # The method.
    "method_intro": Text(
        id="Setiap angka di situs ini dihitung menurut aturan di bawah ini, dan dapat dihitung "
        "ulang oleh siapa pun. Yang tidak diatur dalam undang-undang atau standar pelayanan "
        "adalah keputusan sistem ini.",
        en="Every figure here is counted by the rules below, and anybody can reckon it again. What "
        "no law and no service standard settles is a decision of this system.",
    ),
    "on_this_page": Text(id="Di halaman ini", en="On this page"),
    "clock_rules": Text(id="Jangka waktu", en="The clock"),
    "clock_drawn": Text(
        id="Contohnya rekaan, tetapi harinya dihitung oleh sistem ini sendiri, menurut kalender "
        "kerja yang berlaku.",
        en="The examples are invented, but their days are reckoned by this system itself, by the "
        "working calendar in force.",
    ),
    "example": Text(id="Contoh:", en="Example:"),
    "statistics_rules": Text(id="Statistik", en="The statistics"),
    "check": Text(id="Memeriksa sendiri", en="Checking for yourself"),
    "check_figures": Text(
        id="Setiap angka, menurut periode; dengan ?as_of=TANGGAL, sebagaimana diketahui pada akhir "
        "hari itu:",
        en="Every figure, by period; with ?as_of=DATE, as it was known at the end of that day:",
    ),
    "check_periods": Text(id="Periode yang ada:", en="What periods there are:"),
    "check_package": Text(
        id="Arti setiap kolom, lisensi (CC BY 4.0) dan cara mengutip:",
        en="What each column means, the licence (CC BY 4.0) and how to cite:",
    ),
    "check_revisions": Text(
        id="Angka periode yang sudah berakhir yang kemudian berubah, kapan dan mengapa:",
        en="Figures of past periods that changed, when and why:",
    ),
    "check_heads": Text(
        id="Hash kejadian terakhir setiap hari. Setiap hash memuat hash sebelumnya: simpanlah "
        "hari ini, dan kelak siapa pun yang memegang catatan kejadian dapat membuktikan apakah "
        "catatan sampai hari ini pernah diubah:",
        en="The hash of each day's last event. Every hash covers the one before it: keep today's, "
        "and whoever holds the event log can prove later whether the record up to today was ever "
        "rewritten:",
    ),
    "check_rewritten": Text(
        id="Kantor dan pemeriksanya membuktikannya dengan `janji verify --heads FILE`: rantai "
        "hash diperiksa, semua angka dihitung ulang dari kejadian, dan keduanya dibandingkan.",
        en="The office and its auditors prove it by `janji verify --heads FILE`: the chain of "
        "hashes is checked, all figures are reckoned again from the events, and both compared.",
    ),
    "days_off": Text(
        id="Hari libur nasional dan cuti bersama {year}", en="Public holidays and leave of {year}"
    ),
    "provisional_year": Text(id="sementara", en="provisional"),
    "name": Text(id="Nama", en="Name"),
    "date": Text(id="Tanggal", en="Date"),
    "decree_of": Text(id="Ketetapan", en="Decree"),
}

# What a service standard names as to be confirmed, by its key in the file; others show the key.
TO_BE_CONFIRMED: Words = {
    "in_force_from": Text(id="tanggal mulai berlaku", en="the date from which it is in force"),
    "mail_domain": Text(id="domain email", en="the mail domain"),
    "target_rate": Text(id="target", en="the target"),
    "request_channels": Text(id="saluran permintaan", en="the channels for requests"),
    "channels.janji": Text(id="formulir pengaduan di situs ini", en="the complaint form here"),
    "office_hours": Text(id="jam kerja", en="the office hours"),
}
