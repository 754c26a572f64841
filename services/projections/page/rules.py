"""The rules of counting as the public reads them, each with its reason or its source.

They are the rules of `shared/promise/sla_clock.py` and `read_models/statistics.py`, in words.
"""

from shared.promise.standard import Text

CLOCK_RULES = (
    Text(
        id="Hari kerja adalah Senin sampai Jumat, dikurangi hari libur nasional dan cuti bersama "
        "menurut keputusan bersama menteri yang berlaku. Semua tanggal menurut waktu Pontianak.",
        en="A working day is Monday to Friday, less public holidays and collective leave by the "
        "joint decree in force. All dates are those of Pontianak.",
    ),
    Text(
        id="Kasus diterima pada hari ia masuk; bila masuk pada hari libur, atau pada atau sesudah "
        "jam tutup kantor, pada hari kerja berikutnya.",
        en="A case is received on the day it comes in; on a day off, or at or after the close of "
        "office hours, on the next working day.",
    ),
    Text(
        id="Yang dihitung adalah hari kerja sesudah hari penerimaan, bila pada jam tutup hari itu "
        "kasus ada pada kantor. Selama menunggu pemohon, hari tidak dihitung; hari kembalinya "
        "jawaban juga tidak, bila masa menunggu melewati sedikitnya satu jam tutup. Jeda di dalam "
        "satu hari tidak mengubah apa pun, sehingga mengembalikan berkas tidak membeli waktu.",
        en="Counted are the working days after that at whose close the office has the case. While "
        "it waits for the applicant no day counts, nor does the day on which the answer comes "
        "back, if the waiting lasted over at least one close. A pause within one day changes "
        "nothing, so sending papers back buys no time.",
    ),
    Text(
        id="Batas waktu adalah hari terhitung ke-n. Selama menunggu pemohon, batas waktu belum "
        "diketahui; sisa harinya diketahui.",
        en="It is due on the n-th counted day. While it waits for the applicant the due date is "
        "unknown; the days left are known.",
    ),
    Text(
        id="Tepat waktu: selesai paling lambat pada batas waktu. Terlambat: selesai sesudahnya. "
        "Lewat batas waktu: belum selesai sesudahnya, menunggu atau tidak. Pukul 00.00 termasuk "
        "hari yang baru.",
        en="On time: finished by the due date. Late: finished after it. Overdue: not finished "
        "after it, waiting or not. 00:00 belongs to the new day.",
    ),
    Text(
        id="Hari terpakai adalah hari terhitung sesudah hari penerimaan sampai dengan hari "
        "selesai (yang belum selesai: hari ini). Selesai pada hari yang sama: 0.",
        en="Days used are the counted days after the day of receipt up to and with the day of "
        "finishing (unfinished: today). Finished on the same day: 0.",
    ),
    Text(
        id="Terlambat tetap terlambat: setelah batas waktu lewat, tidak ada yang memindahkannya "
        "lagi; tidak perubahan kategori, jeda, pembukaan kembali, penarikan, penerusan, ataupun "
        "perubahan kalender.",
        en="Late stays late: once the due date has passed nothing moves it any more; no "
        "reclassification, pause, reopening, withdrawal, forwarding or amended calendar.",
    ),
    Text(
        id="Hari berlalu adalah semua hari kerja sesudah hari penerimaan, termasuk masa menunggu: "
        "pandangan pemohon, selalu ditunjukkan di samping pandangan kantor.",
        en="Days elapsed are all working days after the day of receipt, waiting included: the "
        "applicant's view, always shown beside the office's.",
    ),
)

STATISTICS_RULES = (
    Text(
        id="Kasus dihitung pada periode penerimaannya. Bila dihitung pada bulan selesainya, yang "
        "tidak pernah selesai tidak akan terlihat.",
        en="A case is counted in the period in which it was received. Counted by the month of "
        "closing, the ones that are never closed would be seen nowhere.",
    ),
    Text(
        id="Pada setiap periode: diterima = tepat waktu + terlambat + lewat batas waktu + berjalan "
        "+ menunggu pemohon + ditarik + diteruskan.",
        en="In every period: received = on time + late + overdue + running + waiting + withdrawn "
        "+ forwarded.",
    ),
    Text(
        id="Tingkat ketepatan = tepat waktu / (tepat waktu + terlambat + lewat batas waktu). "
        "Persentase ditunjukkan mulai dari 20 kasus; di bawahnya dua jumlah itu saja.",
        en="The on-time rate = on time / (on time + late + overdue). A percentage is shown from 20 "
        "cases on; below that the two counts alone.",
    ),
    Text(
        id="Median dan persentil ke-90 menurut peringkat terdekat, jadi selalu hari yang benar-"
        "benar terjadi; dari kasus yang tepat waktu, terlambat, atau lewat batas waktu (yang "
        "terakhir dengan hari terpakai sampai hari ini).",
        en="Median and 90th percentile are by nearest rank, so always a day that occurred; of "
        "cases that are on time, late or overdue (the last with the days used until today).",
    ),
    Text(
        id="Umur kasus yang lewat batas waktu dihitung dalam hari kerja sesudah batas waktunya; "
        "umur kasus yang menunggu, dalam hari kerja sejak masa menunggunya yang sekarang dimulai.",
        en="The age of an overdue case is counted in working days after its due date; that of a "
        "waiting one in working days since its present waiting began.",
    ),
    Text(
        id="Pengaduan yang belum dikategorikan diukur dengan batas waktu terpendek, sehingga "
        "membiarkannya tidak pernah memperbaiki angka. Yang diteruskan ke instansi lain bukan "
        "janji yang ditepati: dihitung tersendiri, kecuali sudah terlambat.",
        en="A complaint that is not yet classified is measured against the shortest deadline, so "
        "leaving it never helps the figures. One that is forwarded is no promise kept: it is "
        "counted apart, unless it was late already.",
    ),
    Text(
        id="Angka 1 sampai 4 dalam rincian pengaduan disembunyikan, beserta angka lain yang "
        "darinya angka itu dapat dihitung. Kategori pengawasan hanya ditunjukkan per tahun.",
        en="Counts of 1 to 4 in the breakdowns of complaints are hidden, and other counts from "
        "which they could be reckoned. The oversight category is shown by year only.",
    ),
    Text(
        id="Kejadian yang sama pada hari yang sama selalu memberi angka yang sama. JSON menyebut "
        "posisi dan hash catatan kejadian tempat angka itu berdiri.",
        en="The same events on the same day always give the same figures. The JSON names the "
        "position and hash of the event log that the figures stand on.",
    ),
)
