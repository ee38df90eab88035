"""The words of Leaflet and its drawing tools in the portal's languages."""

import json
from collections.abc import Mapping

from testfields.core.errors import N_
from testfields.web.locale import translate

# Metres alone, and credits without the library's own.
MANNERS = (
    "L.Control.Scale.prototype.options.imperial = false;",
    "L.Control.Attribution.prototype.options.prefix = false;",
    # map-near.js says it on the map, in the reader's language.
    "if (L.Control.Locate) L.Control.Locate.LocateControl.prototype.options.onLocationError = () => {};",
)
# Where each text stands in Leaflet → the text; set before the map is made.
WORDS: Mapping[str, str] = {
    "L.Control.Zoom.prototype.options.zoomInTitle": N_("Zoom in"),
    "L.Control.Zoom.prototype.options.zoomOutTitle": N_("Zoom out"),
}
DRAWING_WORDS: Mapping[str, str] = {
    "draw.toolbar.actions.title": N_("Stop drawing"),
    "draw.toolbar.actions.text": N_("Cancel"),
    "draw.toolbar.finish.title": N_("Finish the shape"),
    "draw.toolbar.finish.text": N_("Finish"),
    "draw.toolbar.undo.title": N_("Take back the last corner"),
    "draw.toolbar.undo.text": N_("Take back the last corner"),
    "draw.toolbar.buttons.polygon": N_("Draw a polygon"),
    "draw.toolbar.buttons.polyline": N_("Draw a line"),
    "draw.toolbar.buttons.circlemarker": N_("Set a point"),
    "draw.handlers.polyline.tooltip.start": N_("Click to begin the line."),
    "draw.handlers.polyline.tooltip.cont": N_("Click to go on with the line."),
    "draw.handlers.polyline.tooltip.end": N_("Click the last point to finish the line."),
    "draw.handlers.circlemarker.tooltip.start": N_("Click to set the point."),
    "draw.toolbar.buttons.rectangle": N_("Draw a rectangle"),
    "draw.handlers.polygon.tooltip.start": N_("Click to set the first corner."),
    "draw.handlers.polygon.tooltip.cont": N_("Click to set the next corner."),
    "draw.handlers.polygon.tooltip.end": N_("Click the first corner to finish."),
    "draw.handlers.polyline.error": N_("The sides of the shape must not cross."),
    "draw.handlers.rectangle.tooltip.start": N_("Press and drag to draw a rectangle."),
    "draw.handlers.simpleshape.tooltip.end": N_("Release to finish."),
    "edit.toolbar.actions.save.title": N_("Keep the changes"),
    "edit.toolbar.actions.save.text": N_("Keep"),
    "edit.toolbar.actions.cancel.title": N_("Undo the changes"),
    "edit.toolbar.actions.cancel.text": N_("Cancel"),
    "edit.toolbar.actions.clearAll.title": N_("Remove every shape"),
    "edit.toolbar.actions.clearAll.text": N_("Remove all"),
    "edit.toolbar.buttons.edit": N_("Move corners"),
    "edit.toolbar.buttons.editDisabled": N_("There is no shape to change yet"),
    "edit.toolbar.buttons.remove": N_("Remove the shape"),
    "edit.toolbar.buttons.removeDisabled": N_("There is no shape to remove yet"),
    "edit.handlers.edit.tooltip.text": N_("Drag a corner to move it."),
    "edit.handlers.edit.tooltip.subtext": N_("Press Cancel to undo the changes."),
    "edit.handlers.remove.tooltip.text": N_("Click a shape to remove it."),
}


def leaflet_words(locale: str, drawing: bool) -> list[str]:
    """Statements that set Leaflet's texts; with `drawing` those of its drawing tools too."""
    texts = {**WORDS, **({f"L.drawLocal.{place}": text for place, text in DRAWING_WORDS.items()} if drawing else {})}
    words = [f"{place} = {json.dumps(translate(text, locale), ensure_ascii=False)};" for place, text in texts.items()]
    return [*MANNERS, *words]
