"""What the modules of `monitor snapshot` need of `typing`, without importing it.

That command is called from prompts and scripts, and `typing` with what it imports takes as long to load as half of the
interpreter. A type checker sees the real thing; at run time there is a `NamedTuple` that is defined in a sixth of the
time and behaves like the original. Elsewhere `typing` itself serves, above all where tuples are made by the hundred
thousand: to make one takes half a microsecond longer here.
"""

from __future__ import annotations

TYPE_CHECKING = False
"""True for a type checker, as in `typing`."""

if TYPE_CHECKING:
    from typing import NamedTuple as NamedTuple
else:
    from operator import itemgetter

    class _Definition(type):
        """Makes the annotated names of a class its fields, in the order in which they stand."""

        def __new__(cls, name, bases, namespace):
            fields = tuple(namespace.get("__annotations__", ()))
            if not fields and bases != (tuple,):
                raise TypeError(f"{name} has no fields; its module needs `from __future__ import annotations`")
            namespace["_field_defaults"] = {field: namespace[field] for field in fields if field in namespace}
            namespace.update({field: property(itemgetter(place)) for place, field in enumerate(fields)})
            namespace["_fields"] = namespace["__match_args__"] = fields
            namespace["__slots__"] = ()
            return super().__new__(cls, name, bases, namespace)

    class NamedTuple(tuple, metaclass=_Definition):
        """As `typing.NamedTuple`; https://docs.python.org/3/library/collections.html#collections.namedtuple."""

        def __new__(cls, *values, **named):
            if named or len(values) != len(cls._fields):
                values = _complete(cls, values, named)
            return tuple.__new__(cls, values)

        @classmethod
        def _make(cls, values):
            return cls(*values)

        def _replace(self, **named):
            return type(self)(**{**self._asdict(), **named})

        def _asdict(self):
            return dict(zip(self._fields, self, strict=True))

        def __getnewargs__(self):
            return tuple(self)

        def __repr__(self):
            values = ", ".join(f"{field}={value!r}" for field, value in zip(self._fields, self, strict=True))
            return f"{type(self).__name__}({values})"

    def _complete(cls, values, named):
        """All values of a tuple, in order, from those given by place, those given by name and the defaults."""
        known = {**cls._field_defaults, **dict(zip(cls._fields, values, strict=False)), **named}
        twice = named.keys() & set(cls._fields[: len(values)])
        wrong = twice or named.keys() - set(cls._fields) or set(cls._fields) - known.keys()
        if wrong or len(values) > len(cls._fields):
            what = ", ".join(sorted(wrong)) or f"{len(values)} values"
            raise TypeError(f"{cls.__name__} has the fields {', '.join(cls._fields)}; not fitting: {what}")
        return [known[field] for field in cls._fields]
