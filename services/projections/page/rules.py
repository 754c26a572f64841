"""The rules of counting for the public, each with its reason or its source.

They are the rules of `shared/promise/sla_clock.py` and `read_models/statistics.py`, in words.
"""

from collections.abc import Mapping
from typing import NamedTuple

from shared.text import Text


class Rule(NamedTuple):
    text: Text
    example: Text


# By the name of the worked example in `examples.py`.
CLOCK_RULES: Mapping[str, Text] = {
    "working_day": Text(
        id="Hari kerja adalah Senin sampai Jumat, dikurangi hari libur nasional dan cuti bersama "
        "menurut keputusan bersama menteri yang berlaku. Semua tanggal menurut waktu Pontianak.",
        en="A working day is Monday to Friday, less public holidays and collective leave by the "
        "joint decree in force. All dates are those of Pontianak.",
    ),
    "received_on": Text(
        id="Kasus diterima pada hari kasus itu masuk; apabila masuk pada hari libur, atau tepat "
        "pada atau sesudah jam tutup kantor, kasus diterima pada hari kerja berikutnya.",
        en="A case is received on the day it comes in; on a day off, or at or after the close of "
        "office hours, on the next working day.",
    ),
    "counted": Text(
        id="Yang dihitung adalah hari kerja sesudah hari penerimaan, apabila pada jam tutup hari "
        "itu kasus berada di kantor. Selama menunggu pemohon, hari tidak dihitung; hari "
        "kembalinya jawaban juga tidak, apabila masa menunggu melewati sedikitnya satu jam tutup. "
        "Jeda di dalam satu hari tidak mengubah apa pun, sehingga mengembalikan berkas tidak "
        "memperpanjang waktu.",
        en="Counted are the working days after that at whose close the office has the case. While "
        "it waits for the applicant no day counts, nor does the day on which the answer comes "
        "back, if the waiting lasted over at least one close. A pause within one day changes "
        "nothing, so sending papers back gains no time.",
    ),
    "no_close": Text(
        id="Hari libur tidak mempunyai jam tutup, sama seperti akhir pekan. Berkas yang "
        "dikembalikan sesudah jam tutup terakhir sebelum hari libur, dan dijawab sebelum jam "
        "tutup pada hari kerja berikutnya, tidak mengurangi hari kerja yang dihitung.",
        en="A day off has no close, just as a weekend has none. Papers that are returned after "
        "the last close before days off, and answered before the close of the next working day, "
        "take out no day.",
    ),
    "due_on": Text(
        id="Batas waktu adalah hari kerja ke-n yang dihitung. Selama menunggu pemohon, batas "
        "waktu belum diketahui; sisa harinya diketahui.",
        en="It is due on the n-th counted day. While it waits for the applicant the due date is "
        "unknown; the days left are known.",
    ),
    "on_time": Text(
        id="Tepat waktu: selesai paling lambat pada batas waktu. Terlambat: selesai sesudahnya. "
        "Lewat batas waktu: belum selesai sesudahnya, menunggu atau tidak. Pukul 00.00 termasuk "
        "hari yang baru.",
        en="On time: finished by the due date. Late: finished after it. Overdue: not finished "
        "after it, waiting or not. 00:00 belongs to the new day.",
    ),
    "days_used": Text(
        id="Hari kerja yang digunakan adalah hari kerja yang dihitung sesudah hari penerimaan "
        "sampai dengan hari selesai (untuk yang belum selesai: hari ini). Selesai pada hari yang "
        "sama: 0.",
        en="Days used are the counted days after the day of receipt up to and with the day of "
        "finishing (unfinished: today). Finished on the same day: 0.",
    ),
    "late_stays_late": Text(
        id="Terlambat tetap terlambat: setelah batas waktu lewat, tidak ada yang menggesernya "
        "lagi; baik perubahan kategori, jeda, pembukaan kembali, pembatalan oleh pemohon, "
        "penerusan, maupun perubahan kalender.",
        en="Late stays late: once the due date has passed nothing moves it any more; no "
        "reclassification, pause, reopening, withdrawal, forwarding or amended calendar.",
    ),
    "days_elapsed": Text(
        id="Hari yang berlalu adalah semua hari kerja sesudah hari penerimaan, termasuk masa "
        "menunggu. Inilah hitungan dari sisi pemohon atau pelapor, yang selalu ditampilkan di "
        "samping hitungan kantor.",
        en="Days elapsed are all working days after the day of receipt, waiting included: the "
        "applicant's view, always shown beside the office's.",
    ),
}

STATISTICS_RULES = (
    Rule(
        Text(
            id="Kasus dihitung pada periode penerimaannya. Jika dihitung pada bulan selesainya, "
            "kasus yang tidak pernah selesai tidak akan terlihat.",
            en="A case is counted in the period in which it was received. Counted by the month of "
            "closing, the ones that are never closed would be seen nowhere.",
        ),
        Text(
            id="Permintaan yang diterima 30 Oktober dan selesai 3 November dihitung pada bulan "
            "Oktober.",
            en="A request received on 30 October and finished on 3 November is counted in October.",
        ),
    ),
    Rule(
        Text(
            id="Pada setiap periode: diterima = tepat waktu + terlambat + lewat batas waktu + "
            "dalam proses + menunggu pemohon atau pelapor + dibatalkan pemohon + diteruskan.",
            en="In every period: received = on time + late + overdue + running + waiting + "
            "withdrawn + forwarded.",
        ),
        Text(
            id="120 = 110 + 3 + 2 + 3 + 1 + 1 + 0.",
            en="120 = 110 + 3 + 2 + 3 + 1 + 1 + 0.",
        ),
    ),
    Rule(
        Text(
            id="Tingkat ketepatan waktu = tepat waktu / (tepat waktu + terlambat + lewat batas "
            "waktu). “a dari b tepat waktu” selalu dibagi dengan kasus yang sudah selesai atau "
            "jatuh tempo itu; yang lain disebut sesudahnya. Persentase ditampilkan mulai dari 20 "
            "kasus; di bawahnya hanya kedua jumlah itu.",
            en="The on-time rate = on time / (on time + late + overdue). “a of b on time” is "
            "always of these cases, finished or due; the others are named after it. A percentage "
            "is shown from 20 cases on; below that the two counts alone.",
        ),
        Text(
            id="110 / (110 + 3 + 2) = 110 / 115 = 95,7 %. Tetapi 6 dari 7 tetap “6 dari 7”.",
            en="110 / (110 + 3 + 2) = 110 / 115 = 95.7 %. But 6 of 7 stays “6 of 7”.",
        ),
    ),
    Rule(
        Text(
            id="Median dan persentil ke-90 dihitung menurut peringkat terdekat, sehingga selalu "
            "berupa jumlah hari yang benar-benar terjadi; dari kasus yang tepat waktu, terlambat, "
            "atau lewat batas waktu (yang terakhir dengan hari kerja yang digunakan sampai hari "
            "ini).",
            en="Median and 90th percentile are by nearest rank, so always a day that occurred; of "
            "cases that are on time, late or overdue (the last with the days used until today).",
        ),
        Text(
            id="Lima kasus selesai dalam 0, 0, 1, 1, dan 4 hari: mediannya 1, persentil ke-90-nya "
            "4.",
            en="Five cases took 0, 0, 1, 1 and 4 days: the median is 1, the 90th percentile 4.",
        ),
    ),
    Rule(
        Text(
            id="Keterlambatan kasus yang belum selesai dihitung dalam hari kerja sesudah batas "
            "waktunya; masa menunggu suatu kasus dihitung dalam hari kerja sejak masa menunggu "
            "yang sekarang dimulai.",
            en="The age of an overdue case is counted in working days after its due date; that of "
            "a waiting one in working days since its present waiting began.",
        ),
        Text(
            id="Batas waktu Jumat, hari ini Selasa: terlambat 2 hari kerja.",
            en="Due on Friday, today is Tuesday: 2 working days overdue.",
        ),
    ),
    Rule(
        Text(
            id="Pengaduan yang belum dikategorikan diukur dengan batas waktu terpendek, sehingga "
            "membiarkannya tidak pernah memperbaiki angka. Pengaduan yang diteruskan ke instansi "
            "lain bukan janji yang dipenuhi: dihitung tersendiri, kecuali sudah terlambat.",
            en="A complaint that is not yet classified is measured against the shortest deadline, "
            "so leaving it never helps the figures. One that is forwarded is no promise kept: it "
            "is counted apart, unless it was late already.",
        ),
        Text(
            id="Pengaduan yang belum dikategorikan pada hari kerja ke-6 sudah lewat batas waktu.",
            en="A complaint that is not classified by the 6th working day is overdue.",
        ),
    ),
    Rule(
        Text(
            id="Rincian pengaduan (kategori, saluran, lama penyelesaian, batas waktu lain, "
            "penilaian) dirilis pada hari pertama setiap triwulan pukul 00.00, dan segera setelah "
            "impor 20 pengaduan atau lebih; sesudah itu tidak berubah sampai rilis berikutnya. "
            "Kategori atau saluran dengan kurang dari 5 pengaduan digabung dengan yang lain agar "
            "pelapor tidak dapat dikenali, dan baris yang berubah kurang dari 5 kasus tetap "
            "seperti pada rilisnya yang terakhir. Kategori pengawasan hanya ditampilkan per tahun.",
            en="The details of complaints (category, channel, how long they took, further time "
            "limits, ratings) are released at 00:00 on the first day of each quarter, and at once "
            "after an import of 20 complaints or more; then they stand until the next release. "
            "Categories and channels with fewer than 5 complaints are shown together with others "
            "so that nobody who complained can be recognised, and a row that has changed by fewer "
            "than 5 cases stands as it was last released. The oversight category is shown by year "
            "only.",
        ),
        Text(
            id="Tiga pengaduan melalui Instagram, dua melalui Facebook, dan dua melalui Twitter "
            "ditampilkan bersama: “Instagram, Facebook, Twitter: 7”.",
            en="Three complaints by Instagram, two by Facebook and two by Twitter are shown "
            "together: “Instagram, Facebook, Twitter: 7”.",
        ),
    ),
    Rule(
        Text(
            id="Kejadian yang sama pada hari yang sama selalu memberi angka yang sama. JSON "
            "menyebut posisi dan hash catatan kejadian yang menjadi dasar angka itu.",
            en="The same events on the same day always give the same figures. The JSON names the "
            "position and hash of the event log that the figures stand on.",
        ),
        Text(
            id="Angka per 24 November dapat dilihat lagi kapan pun dengan ?as_of=2026-11-24.",
            en="The figures of 24 November can be asked for again at any time by "
            "?as_of=2026-11-24.",
        ),
    ),
    Rule(
        Text(
            id="Hal yang dapat menutupi keterlambatan turut ditampilkan: kasus yang pernah "
            "dikembalikan atau dimintai penjelasan (betapa pun singkatnya), ditolak, dibuka "
            "kembali, diubah kategorinya, dicatat lebih dari 1 hari kerja setelah diterima, atau "
            "dibatalkan karena salah catat, serta keterlambatan dan masa menunggu yang terlama.",
            en="What figures could hide behind is shown too: cases that were returned or asked "
            "for clarification (however short), rejected, reopened, reclassified, recorded more "
            "than 1 working day after receipt, or void, and the longest delay and waiting.",
        ),
        Text(
            id="Pengaduan yang dua kali dibuka kembali dihitung sebagai satu kasus yang pernah "
            "dibuka kembali dan dua pembukaan kembali.",
            en="A complaint reopened twice: one case that was reopened, two reopenings.",
        ),
    ),
    Rule(
        Text(
            id="Angka periode yang sudah berakhir dapat berubah. Setiap perubahan dicatat: angka "
            "lama, angka baru, tanggal, dan sebabnya. Rincian pengaduan tidak termasuk: setiap "
            "rilisnya tetap tersimpan menurut tanggal.",
            en="Figures of a period that has ended can change. Every change is recorded: the old "
            "figure, the new one, the day and the reason. Not so the details of complaints: each "
            "of their releases is kept by its date.",
        ),
        Text(
            id="Kasus bulan Oktober selesai pada November: “dalam proses” turun satu, “tepat "
            "waktu” naik satu, sebabnya “selesai”.",
            en="A case of October is closed in November: “running” falls by one, “on time” rises "
            "by one, the reason is “finished”.",
        ),
    ),
    Rule(
        Text(
            id="Apabila selama 5 menit tidak ada pemeriksaan yang mendapati data lengkap sampai "
            "kejadian terakhir, hal itu dinyatakan pada bagian atas halaman. Kasus yang tidak "
            "dapat dibaca ditahan untuk diperiksa, dan jumlahnya disebutkan.",
            en="Where for 5 minutes no check found the data complete up to the last event, the "
            "page says so at its top. A case that cannot be read is held for checking, and the "
            "page says how many are.",
        ),
        Text(
            id="“Data belum diperbarui sejak 24 November 2026 pukul 10.15 WIB.”",
            en="“Data has not been updated since 24 November 2026, 10:15 WIB.”",
        ),
    ),
)
