"""What is shown of a resource with its insight, whether it was read with that or not."""

from collections.abc import Callable
from typing import Any

from gateway.schema.context import Info
from gateway.schema.hops import reading
from gateway.schema.resources import Resource


class Overviewed(Resource):
    """A view of what may be read as an overview: its content says whether it was."""

    def overview(self, info: Info, shown: Callable[[Any], Any]) -> Any:
        """What is shown of it with its insight; awaitable where that has to be read now."""
        return shown(self.content) if self.content.is_overview else self._read(info, shown)

    @reading()
    async def _read(self, info: Info, shown: Callable[[Any], Any]) -> Any:
        found = await info.context.loaders.resource(self.resource.key, overview=True)
        return shown(found.content if found else self.content)
