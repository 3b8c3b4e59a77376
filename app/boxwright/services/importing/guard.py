"""Guard around readers of datasets: what none of them foresaw becomes one sentence, and the log has the rest."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType

from boxwright.config.logging import keep_in_log, log_file
from boxwright.domain.errors import BoxwrightError, FormatError
from boxwright.domain.messages import reason_of


@contextmanager
def guarded(path: Path, what: str) -> Iterator[None]:
    """Whatever is raised within and is no BoxwrightError becomes a FormatError that names the file that was being read,
    or else the dataset `path`. `what`: the format it is read as."""
    try:
        yield
    except BoxwrightError:
        raise
    except MemoryError as error:
        keep_in_log(f"{path} as {what}", error)
        raise FormatError("{0} needs more memory than there is; import it in parts.", path) from error
    except OSError as error:
        keep_in_log(f"{path} as {what}", error)
        where = error.filename if isinstance(error.filename, str) else path
        raise FormatError("{0} cannot be read: {1}.", where, reason_of(error)) from error
    except Exception as error:
        keep_in_log(f"{path} as {what}", error)
        file = _file_of(error.__traceback__, path)
        raise FormatError(
            "{0} could not be read as {1}, as something in it is not what that format holds; mend or remove the "
            "file, or say another format. Details are in {2}.",
            file,
            what,
            log_file(),
        ) from error


def _file_of(trace: TracebackType | None, path: Path) -> Path:
    """The file that the innermost reader was at."""
    found = path
    while trace is not None:
        file = trace.tb_frame.f_locals.get("file")
        if isinstance(file, Path):
            found = file
        trace = trace.tb_next
    return found
