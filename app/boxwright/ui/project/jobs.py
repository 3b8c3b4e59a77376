"""Background jobs on a project, each with a connection of its own so that labelling goes on meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from boxwright.domain.messages import N_
from boxwright.domain.names import listed
from boxwright.domain.progress import Report, ShouldStop
from boxwright.ui.language.translation import tr, translate
from boxwright.ui.project.project_op import writer_of
from boxwright.ui.project.task import BackgroundTask

if TYPE_CHECKING:
    from boxwright.domain.detector_use import DetectorUse
    from boxwright.services.child import Job
    from boxwright.services.detectors.catalogue_entry import CatalogueEntry
    from boxwright.services.exporting.request import ExportRequest
    from boxwright.services.importing.dataset import ImportRequest, ImportResult
    from boxwright.services.importing.undo import Undone
    from boxwright.services.project.project import Project
    from boxwright.simulate.from_project import Trial
    from boxwright.ui.project.workspace import Workspace

PRELABELLING = N_("Pre-labelling")

Work = Callable[["Project", Report, ShouldStop], Any]


def on_own_connection(title: str, project: Project, work: Work, loses: str = "") -> BackgroundTask:
    """Start `work` on a thread; its connection is opened and closed there."""

    def run(report: Report, should_stop: ShouldStop) -> Any:
        local = project.for_thread()
        try:
            return work(local, report, should_stop)
        finally:
            local.close()

    task = BackgroundTask(title, loses=loses)
    task.has_connection = True
    return task.start(run)


def in_child(
    title: str, start: Callable[[BackgroundTask], Job], loses: str = "", ends_with_asker: bool = False
) -> BackgroundTask:
    """Work in a child process, which `start` begins with the task's callbacks. `ends_with_asker`: the child ends when
    the task is destroyed, since whoever asked may be gone before there is an answer. Raises what `start` does."""
    task = BackgroundTask(title, loses=loses)
    job = start(task)
    task.on_cancel = job.cancel
    task.on_wait = job.wait
    if ends_with_asker:
        task.destroyed.connect(lambda: job.cancel())
    return task


def add_images(project: Project, folder: Path) -> BackgroundTask:
    """Its result is a sentence."""

    def work(local: Project, report: Report, should_stop: ShouldStop) -> str:
        from boxwright.services.images.scan import add_folders
        from boxwright.services.images.unread import unread_words

        result = add_folders(local, [folder], report, should_stop)
        parts = [tr("{0:,} images added").format(result.added)]
        if result.duplicates:
            parts.append(tr("{0:,} copies set aside").format(result.duplicates))
        if result.unreadable:
            parts.append(tr("{0:,} cannot be read and are marked").format(result.unreadable))
        if result.moved:
            parts.append(tr("{0:,} lie elsewhere now and keep their labels").format(result.moved))
        if result.replaced:
            words = tr("{0:,} labelled ones have other pixels than before, look at their boxes ({1})")
            parts.append(words.format(len(result.replaced), listed(result.replaced)))
        if result.missing_labeled:
            words = tr("{0:,} labelled ones are not there any more ({1})")
            parts.append(words.format(len(result.missing_labeled), listed(result.missing_labeled)))
        if result.unchanged:
            parts.append(tr("{0:,} were known").format(result.unchanged))
        return " ".join(filter(None, (", ".join(parts) + ".", translate(unread_words(result.unread)))))

    return on_own_connection(tr("Adding images"), project, work)


def look_at_dataset(
    project: Project, path: Path, format_name: str | None, folder: Path, columns: Mapping[str, str]
) -> BackgroundTask:
    """In a child process, which leaves what it read in `folder`; its result is a `DatasetPreview`. `columns`: a
    person's word on those of a table."""
    from boxwright.services.importing.jobs import start_looking

    return in_child(
        tr("Looking at the dataset"),
        lambda task: start_looking(project, path, format_name, folder, task.report, task.succeed, task.fail, columns),
    )


def import_looked(project: Project, folder: Path, wanted: ImportRequest) -> BackgroundTask:
    """Import what `look_at_dataset` left; its result is an `ImportResult`."""

    def work(local: Project, report: Report, should_stop: ShouldStop) -> ImportResult:
        from boxwright.services.importing.jobs import store_looked

        return store_looked(local, folder, wanted, report, should_stop)

    return on_own_connection(tr("Importing"), project, work, tr("Nothing of the import is then in the project."))


def undo_import(project: Project) -> BackgroundTask:
    """Its result is an `Undone`."""

    def work(local: Project, report: Report, should_stop: ShouldStop) -> Undone:
        from boxwright.services.importing.undo import undo_import

        return undo_import(local, report, should_stop)

    return on_own_connection(tr("Undoing the import"), project, work, tr("The import then stays as it is."))


def export(project: Project, request: ExportRequest) -> BackgroundTask:
    """In a child process; its result is an `ExportResult`."""
    from boxwright.services.exporting.job import start_export

    return in_child(
        tr("Exporting"),
        lambda task: start_export(project.folder, request, task.report, task.succeed, task.fail),
        loses=tr("There is then no export."),
    )


def try_rules(project: Project, trial: Trial) -> BackgroundTask:
    """In a child process; its result is an `Answer`."""
    from boxwright.simulate.job import start_experiment

    return in_child(
        tr("Trying rules"),
        lambda task: start_experiment(project.folder, trial, task.report, task.succeed, task.fail),
    )


def check_labels(workspace: Workspace, model_id: int, device: str) -> BackgroundTask:
    """In a child process; its result is a `services.prelabelling.label_check.LabelCheckResult`."""
    from boxwright.services.prelabelling.label_check import start_label_check

    return in_child(
        tr("Looking again"),
        lambda task: start_label_check(
            workspace.project, writer_of(workspace), model_id, device, task.report, task.succeed, task.fail
        ),
    )


def look_into_detector(file: Path, said: Mapping[str, Any], project: Path | None = None) -> BackgroundTask:
    """In a child process; its result is a `services.detectors.jobs.DetectorReport`. `said`: points of a card.
    `project`: has images for what a plain picture does not tell."""
    from boxwright.services.detectors.jobs import start_inspection

    return in_child(
        tr("Looking into the file"),
        lambda task: start_inspection(file, said, task.succeed, task.fail, project),
        ends_with_asker=True,
    )


def read_detector_in_ways(project: Path, file: Path, said: Mapping[str, Any], point: str) -> BackgroundTask:
    """In a child process; its result is a `services.detectors.readings.ReadingResults`."""
    from boxwright.services.detectors.readings import start_readings

    return in_child(
        tr("Trying the ways to read it"),
        lambda task: start_readings(project, file, said, point, task.succeed, task.fail),
        ends_with_asker=True,
    )


def add_detector(
    workspace: Workspace,
    file: Path,
    classes: Sequence[str],
    mapping: Mapping[str, str] | None,
    activate: bool,
    said: Mapping[str, Any] | None = None,
    use: DetectorUse | None = None,
) -> BackgroundTask:
    """Tried in a child process; its result is the `Model`. `said`: points of a card."""
    from boxwright.services.detectors.jobs import start_adding

    return in_child(
        tr("Adding the detector"),
        lambda task: start_adding(
            workspace.project,
            writer_of(workspace),
            file,
            classes,
            mapping,
            activate,
            task.succeed,
            task.fail,
            said,
            use,
        ),
        loses=tr("The detector is then not added."),
    )


def survey_detector(project: Path, detector: Path | int, said: Mapping[str, Any]) -> BackgroundTask:
    """In a child process; its result is a `services.detectors.survey.DetectorSurvey`. `detector`: a file, of which
    `said` is known, or the number of one of the project's."""
    from boxwright.services.detectors.survey import start_survey

    return in_child(
        tr("Looking at what it finds"),
        lambda task: start_survey(project, detector, said, task.report, task.succeed, task.fail),
        ends_with_asker=True,
    )


def bring_detector(entry: CatalogueEntry, folder: Path, source: Path | None) -> BackgroundTask:
    """From the network, or from the folder `source`, in a child process; its result is an `Obtained`."""
    from boxwright.services.detectors.obtain_jobs import start_obtaining

    return in_child(
        tr("Getting {0}").format(entry.title),
        lambda task: start_obtaining(entry, folder, task.report, task.succeed, task.fail, source),
        loses=tr("What has come of the detector is kept."),
        ends_with_asker=True,
    )


def try_detector(entry: CatalogueEntry, file: Path) -> BackgroundTask:
    """In a child process with limits; its result is a `services.detectors.trial.Trial`."""
    from boxwright.services.detectors.obtain_jobs import start_trial

    return in_child(
        tr("Trying {0}").format(entry.title),
        lambda task: start_trial(entry, file, task.succeed, task.fail),
        ends_with_asker=True,
    )


def make_demo_project(folder: Path) -> BackgroundTask:
    """Its result is the folder of the finished demo."""

    def run(report: Report, should_stop: ShouldStop) -> Path:
        from boxwright.services.demo import make_demo

        project = make_demo(folder, report, should_stop)
        project.close()
        return folder

    return BackgroundTask(tr("Making the demo")).start(run)


def prelabel(workspace: Workspace, model_id: int, device: str, again: Sequence[int] = ()) -> BackgroundTask:
    """In a child process; its result is a `PrelabelResult`. `again`: the only images to run on, seen or not."""
    from boxwright.services.prelabelling.job import start_prelabel

    return in_child(
        tr(PRELABELLING),
        lambda task: start_prelabel(
            workspace.project, writer_of(workspace), model_id, device, task.report, task.succeed, task.fail, again
        ),
    )
