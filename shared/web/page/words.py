"""The texts of the shell by key. The pages of a service add a table of the same form."""

from collections.abc import Mapping

from shared.text import Text

Words = Mapping[str, Text]

SHELL: Words = {
    "skip": Text(id="Langsung ke isi halaman", en="Skip to the content"),
    "warning": Text(id="Perhatian:", en="Attention:"),
    "demonstration": Text(id="DATA CONTOH. Bukan data nyata.", en="SAMPLE DATA. Not real."),
    "pages": Text(id="Halaman", en="Pages"),
    "menu": Text(id="Menu", en="Menu"),
    "language": Text(id="Bahasa", en="Language"),
    "other_language": Text(id="English", en="Bahasa Indonesia"),
    "home": Text(id="Ke halaman depan", en="To the first page"),
    "mend": Text(id="Langkah selanjutnya", en="What to do"),
    "decree": Text(id="Standar pelayanan: SK {decree}", en="Service standard: decree {decree}"),
    "clock_of": Text(id="Jangka waktu {number}", en="Clock of {number}"),
    "due_date": Text(id="Batas waktu", en="Due date"),
    "due_date_provisional": Text(
        id="Sementara: bergantung pada hari libur yang belum ditetapkan.",
        en="Provisional: it depends on holidays not yet decreed.",
    ),
    "state": Text(id="Status", en="State"),
    "days_used": Text(id="Hari kerja yang digunakan", en="Days used"),
    "days_elapsed": Text(
        id="Hari yang berlalu, termasuk masa menunggu", en="Days elapsed, waiting included"
    ),
    "day_by_day": Text(id="Rincian per hari", en="Day by day"),
    "earlier_due_dates": Text(id="Batas waktu sebelumnya", en="Earlier due dates"),
    "moved_to": Text(id="Menjadi", en="Became"),
    "moved_by": Text(id="Karena", en="Because of"),
    "moved_at": Text(id="Tanggal", en="On"),
    "not_known": Text(id="belum diketahui", en="not known yet"),
    "by_calendar": Text(
        id="Menurut kalender kerja versi {version}.", en="By working calendar version {version}."
    ),
}
