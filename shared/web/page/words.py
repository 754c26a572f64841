"""The words of the shell, side by side. A service's pages bring a table of their own like this."""

from collections.abc import Mapping

from shared.promise.standard import Text

Words = Mapping[str, Text]

SHELL: Words = {
    "skip": Text(id="Langsung ke isi", en="Skip to the content"),
    "warning": Text(id="Perhatian:", en="Attention:"),
    "demonstration": Text(id="DATA CONTOH. Bukan data nyata.", en="SAMPLE DATA. Not real."),
    "pages": Text(id="Halaman", en="Pages"),
    "language": Text(id="Bahasa", en="Language"),
    "other_language": Text(id="English", en="Bahasa Indonesia"),
    "home": Text(id="Ke halaman depan", en="To the first page"),
    "mend": Text(id="Yang dapat dilakukan", en="What to do"),
    "decree": Text(id="Standar pelayanan: SK {decree}", en="Service standard: decree {decree}"),
    "clock_of": Text(id="Jangka waktu {number}", en="Clock of {number}"),
    "due_date": Text(id="Batas waktu", en="Due date"),
    "due_date_provisional": Text(
        id="Sementara: bergantung pada hari libur yang belum ditetapkan.",
        en="Provisional: it depends on holidays not yet decreed.",
    ),
    "state": Text(id="Keadaan", en="State"),
    "days_used": Text(id="Hari terpakai", en="Days used"),
    "days_elapsed": Text(
        id="Hari berlalu, masa menunggu termasuk", en="Days elapsed, waiting included"
    ),
    "day_by_day": Text(id="Hari demi hari", en="Day by day"),
    "earlier_due_dates": Text(id="Batas waktu sebelumnya", en="Earlier due dates"),
    "moved_to": Text(id="Menjadi", en="Became"),
    "moved_by": Text(id="Karena", en="Because of"),
    "moved_at": Text(id="Pada", en="On"),
    "not_known": Text(id="belum diketahui", en="not known yet"),
    "by_calendar": Text(
        id="Menurut kalender kerja versi {version}.", en="By working calendar version {version}."
    ),
}
