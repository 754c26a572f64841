"""The words of the pages on the standard and on the method."""

from shared.text import Text
from shared.web.page.words import Words

FACT_WORDS: Words = {
    # The standard.
    "requirements": Text(id="Persyaratan", en="Requirements"),
    "procedure": Text(id="Sistem, mekanisme, dan prosedur", en="System, mechanism and procedure"),
    "completion": Text(id="Waktu penyelesaian", en="Completion time"),
    "promised": Text(
        id="sejak surat permintaan diterima sampai surat konfirmasi diterbitkan; {fee}.",
        en="from the receipt of the letter of request until the letter that confirms it is "
        "issued; {fee}.",
    ),
    "beyond_the_decree": Text(id="Pelaksanaan pelayanan", en="How the service is run"),
    "fee": Text(id="Biaya/tarif", en="Fee"),
    "product": Text(id="Produk pelayanan", en="Product"),
    "complaint_channels": Text(id="Pengaduan layanan", en="Complaints about the service"),
    "complaint_deadlines": Text(
        id="Jangka waktu penyelesaian pengaduan", en="Time limits for complaints"
    ),
    "category": Text(id="Kategori", en="Category"),
    "deadline": Text(id="Batas waktu", en="Deadline"),
    "step": Text(id="Langkah", en="Step"),
    "calendar_days": Text(id="{days} hari kalender", en="{days} calendar days"),
    "further_clocks": Text(id="Batas waktu lain", en="Further time limits"),
    "beside_the_promise": Text(
        id="Batas waktu ini berlaku di samping janji di atas dan tidak mengubahnya.",
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
        id="Hal berikut tidak disebutkan dalam SK. Sampai Dinas menetapkannya, yang berlaku "
        "adalah yang tertulis di halaman ini.",
        en="The decree does not name the following. Until the office confirms them, what this "
        "page says holds.",
    ),
    # The method.
    "method_intro": Text(
        id="Setiap angka di situs ini dihitung menurut aturan di bawah ini, dan dapat dihitung "
        "ulang oleh siapa pun. Hal yang tidak diatur dalam undang-undang atau standar pelayanan "
        "ditetapkan oleh Dinas.",
        en="Every figure here is counted by the rules below, and anybody can reckon it again. "
        "What no law and no service standard settles is decided by the office.",
    ),
    "on_this_page": Text(id="Pada halaman ini", en="On this page"),
    "clock_rules": Text(id="Jangka waktu", en="The clock"),
    "clock_drawn": Text(
        id="Contoh-contoh ini rekaan, tetapi harinya dihitung secara otomatis menurut kalender "
        "kerja yang berlaku.",
        en="The examples are invented, but their days are reckoned automatically, by the working "
        "calendar in force.",
    ),
    "example": Text(id="Contoh", en="Example"),
    "statistics_rules": Text(id="Statistik", en="The statistics"),
    "check": Text(id="Memeriksa sendiri", en="Checking for yourself"),
    "check_figures": Text(
        id="Setiap angka menurut periode; dengan ?as_of=TANGGAL, sebagaimana diketahui pada akhir "
        "hari itu (juga pada halaman angka):",
        en="Every figure, by period; with ?as_of=DATE, as it was known at the end of that day (on "
        "the page of the figures too):",
    ),
    "check_requests": Text(
        id="Semua permintaan suatu periode, per kasus dan tanpa data pribadi; dengan `janji "
        "recount FILE` setiap angka permintaan dapat dihitung ulang darinya:",
        en="All requests of a period, case by case and without personal data; `janji recount "
        "FILE` reckons every figure of requests again from it:",
    ),
    "check_releases": Text(
        id="Rincian pengaduan yang dirilis, menurut tanggal rilis:",
        en="The details of complaints that were released, by the date of the release:",
    ),
    "check_periods": Text(id="Periode yang tersedia:", en="What periods there are:"),
    "check_package": Text(
        id="Arti setiap kolom, lisensi (CC BY 4.0), dan cara mengutip:",
        en="What each column means, the licence (CC BY 4.0) and how to cite:",
    ),
    "check_revisions": Text(
        id="Perubahan angka periode yang sudah berakhir, beserta waktu dan sebabnya:",
        en="Figures of past periods that changed, when and why:",
    ),
    "check_heads": Text(
        id="Hash kejadian terakhir setiap hari. Setiap hash mencakup hash sebelumnya: simpanlah "
        "hash hari ini, dan kelak siapa pun yang memegang catatan kejadian dapat membuktikan "
        "apakah catatan sampai hari ini pernah diubah:",
        en="The hash of each day's last event. Every hash covers the one before it: keep today's, "
        "and whoever holds the event log can prove later whether the record up to today was ever "
        "rewritten:",
    ),
    "check_rewritten": Text(
        id="Dinas dan pemeriksanya membuktikannya dengan `janji verify --heads FILE`: rantai hash "
        "diperiksa, semua angka dihitung ulang dari kejadian, dan keduanya dibandingkan.",
        en="The office and its auditors prove it by `janji verify --heads FILE`: the chain of "
        "hashes is checked, all figures are reckoned again from the events, and both compared.",
    ),
    "days_off_short": Text(id="Hari libur {year}", en="Days off {year}"),
    "show_days_off": Text(id="Tabel: {count} hari", en="Table: {count} days"),
    "days_off": Text(
        id="Hari libur nasional dan cuti bersama {year}", en="Public holidays and leave of {year}"
    ),
    "provisional_year": Text(id="sementara", en="provisional"),
    "name": Text(id="Nama", en="Name"),
    "date": Text(id="Tanggal", en="Date"),
    "decree_of": Text(id="Dasar penetapan", en="Decree"),
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
