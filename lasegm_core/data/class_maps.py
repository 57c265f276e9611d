"""From the classes of one table to those of another, by their names."""

from lasegm_core.data.labels import Classes
from lasegm_core.support.errors import BadInput, known

ClassMap = tuple[tuple[int, ...], ...]  # for each class of the target, the ids that become it


def class_map(source: Classes, target: Classes) -> ClassMap:
    """Find which classes of a table become each class of another.

    Args:
        source: table of the network's outputs.
        target: table of the labels; `made_of` names the source's classes, else names are compared.

    Raises:
        BadInput: a class has no source, or two have the same.

    >>> from lasegm_core.data.labels import CAMVID, CITYSCAPES
    >>> merged = class_map(CITYSCAPES, CAMVID)
    >>> CAMVID.names[1], [CITYSCAPES.names[part] for part in merged[1]]
    ('Building', ['building', 'wall'])
    """
    ids = {name.casefold(): number for number, name in enumerate(source.names)}
    parts_of = target.made_of or ((),) * len(target.names)
    if source.names == target.names:
        parts_of = ((),) * len(target.names)
    found = tuple(
        tuple(_id(part, name, target.name, ids) for part in parts or (name,))
        for name, parts in zip(target.names, parts_of, strict=True)
    )
    _refuse_twice(found, source, target)
    return found


def _id(part: str, name: str, table: str, ids: dict[str, int]) -> int:
    try:
        return ids[known("class", part.casefold(), ids)]
    except BadInput as fault:
        raise BadInput(
            f"class {name!r} of {table} has no source among the network's classes: {fault}; "
            "a class of your own table names its parts, as from: [car, truck, bus]"
        ) from None


def _refuse_twice(found: ClassMap, source: Classes, target: Classes) -> None:
    owner = {}
    for name, parts in zip(target.names, found, strict=True):
        for part in parts:
            if owner.setdefault(part, name) != name:
                raise BadInput(
                    f"class {source.names[part]!r} becomes {owner[part]!r} and {name!r} of "
                    f"{target.name}: it can become one of them"
                )
