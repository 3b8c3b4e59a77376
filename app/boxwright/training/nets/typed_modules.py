"""torch modules that say what they take and give, where `nn.Module` may be called with anything and gives anything."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Generic, TypeVar, overload

from torch import Tensor, nn

Taken_contra = TypeVar("Taken_contra", contravariant=True)
Given_co = TypeVar("Given_co", covariant=True)
Kind = TypeVar("Kind", bound=nn.Module)
# What a detector's network is fed: a batch of pictures, or of each map of features.
Inputs = TypeVar("Inputs", Tensor, list[Tensor])


class TypedModule(nn.Module, Generic[Taken_contra, Given_co]):
    """A module of one input. `forward` of a subclass has these types."""

    if TYPE_CHECKING:

        def __call__(self, taken: Taken_contra, /) -> Given_co: ...


class TypedModuleList(nn.ModuleList, Generic[Kind]):
    """Modules of one kind, each of which gives one tensor."""

    def __init__(self, modules: Iterable[Kind]) -> None:
        super().__init__(modules)

    if TYPE_CHECKING:

        def __iter__(self) -> Iterator[Kind]: ...

        @overload
        def __getitem__(self, idx: slice) -> TypedModuleList[Kind]: ...

        @overload
        def __getitem__(self, idx: int) -> Kind: ...

        def __getitem__(self, idx: int | slice) -> Kind | TypedModuleList[Kind]: ...

    def each(self, tensors: Iterable[Tensor]) -> list[Tensor]:
        """What each of them makes of its own one of `tensors`."""
        return [module(tensor) for module, tensor in zip(self, tensors)]
