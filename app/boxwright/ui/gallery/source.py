"""Source of what tiles show, read ahead: the pool's words by one question at a time, pictures on a thread pool."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Sequence
from functools import partial

from PySide6.QtCore import QObject, QSize, QTimer, Signal
from PySide6.QtGui import QImage

from boxwright.domain.pool_query import Kind
from boxwright.domain.tile import Tile
from boxwright.services.images.thumbnails import ThumbnailKey, ThumbnailLoader
from boxwright.ui.look.pixels import from_jpeg
from boxwright.ui.project.reader import ProjectReader

PICTURE = QSize(144, 108)
PICTURE_BYTES = 64 * 2**20
TILES_KEPT = 4096
FRAME_MS = 16


class TileSource(QObject):
    """Source of tiles. `changed` tells which images look different now, at most once a frame."""

    changed = Signal(object)  # ids of images
    _decoded = Signal(object)

    def __init__(self, reader: ProjectReader, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._reader = reader
        self._tiles: OrderedDict[int, Tile] = OrderedDict()
        self._wanted: tuple[int, ...] = ()
        self._asking = False
        self._generation = 0
        self._by_key: dict[ThumbnailKey, list[int]] = {}
        self._shown: dict[int, QImage] = {}
        self._pictures: ThumbnailLoader[QImage] = ThumbnailLoader(
            partial(from_jpeg, room=PICTURE), QImage.sizeInBytes, self._decoded.emit, PICTURE_BYTES, 2
        )
        self._decoded.connect(self._took_picture)
        self._fresh: set[int] = set()
        self._frame = QTimer(self)
        self._frame.setSingleShot(True)
        self._frame.setInterval(FRAME_MS)
        self._frame.timeout.connect(self._tell)

    def tile(self, image_id: int) -> Tile | None:
        return self._tiles.get(image_id)

    def picture(self, image_id: int) -> QImage | None:
        """Of an image that is wanted; None while it is being read, an image without pixels when the file cannot be
        shown. A paint event asks this, so it takes no lock that a thread may hold."""
        return self._shown.get(image_id)

    @property
    def cached_bytes(self) -> int:
        return self._pictures.cached_bytes

    def want(self, ids: Sequence[int]) -> None:
        """What is on screen now, the most wanted first; what was wanted before and is not read yet is let go."""
        self._wanted = tuple(ids)
        self._ask()
        self._want_pictures()

    def forget(self, ids: Iterable[int] | None = None) -> None:
        """These images (all when None) are not what they were."""
        self._generation += 1
        self._pictures.forget_failed()
        for image_id in list(self._tiles if ids is None else ids):
            self._tiles.pop(image_id, None)
            self._shown.pop(image_id, None)
        self._ask()

    def close(self) -> None:
        self._pictures.close()

    def _ask(self) -> None:
        unknown = [i for i in self._wanted if i not in self._tiles]
        # One question at a time: whoever drags the scroll bar leaves no queue of questions behind.
        if self._asking or not unknown:
            return
        self._asking = True
        generation = self._generation

        def arrived(tiles: list[Tile]) -> None:
            self._asking = False
            if generation == self._generation:
                self._took(tiles)
            self._ask()
            self._want_pictures()

        self._reader.ask(lambda project: project.gallery.tiles(unknown), arrived, self)

    def _took(self, tiles: list[Tile]) -> None:
        for tile in tiles:
            self._tiles[tile.image_id] = tile
            self._tiles.move_to_end(tile.image_id)
        while len(self._tiles) > TILES_KEPT:
            self._tiles.popitem(last=False)
        self._note(tile.image_id for tile in tiles)

    def _want_pictures(self) -> None:
        tiles = [tile for i in self._wanted if (tile := self._tiles.get(i)) and tile.kind is not Kind.UNREADABLE]
        before, self._shown, self._by_key = self._shown, {}, {}
        for tile in tiles:
            if tile.image_id in before:
                self._shown[tile.image_id] = before[tile.image_id]
            self._by_key.setdefault(ThumbnailKey(tile.content, tile.file), []).append(tile.image_id)
        self._pictures.want(list(self._by_key))
        for key, ids in self._by_key.items():
            if ids[-1] not in self._shown:
                self._took_picture(key)

    def _took_picture(self, key: ThumbnailKey) -> None:
        picture, ids = self._pictures.get(key), self._by_key.get(key, ())
        if picture is not None and ids:
            self._shown.update(dict.fromkeys(ids, picture))
            self._note(ids)

    def _note(self, ids: Iterable[int]) -> None:
        self._fresh.update(ids)
        if self._fresh and not self._frame.isActive():
            self._frame.start()

    def _tell(self) -> None:
        fresh, self._fresh = self._fresh, set()
        self.changed.emit(fresh)
