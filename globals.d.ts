// What the pages' scripts find beside themselves: the shells that folium makes, htmx, and the map of a page as a handle.
import type * as Leaflet from "leaflet";
import type * as Protomaps from "protomaps-leaflet";

declare global {
  const protomapsL: typeof Protomaps;
  /** The administrator's file of vector tiles: where it is, whose names its layers have, and how far it goes. */
  type Tiles = {
    address: string;
    schema: "protomaps" | "gsi";
    credit: string;
    deepest: number;
    bounds: [number, number, number, number];
  };
  /** A text in both languages, by the code of the language. */
  type InBoth = Record<string, string>;
  type Stretch = { start: string; end: string };
  type Properties = {
    name: InBoth;
    note?: InBoth;
    slug?: string;
    use?: string;
    /** The sites of a cell, and how many trials there are. */
    sites?: string[];
    count?: number;
    class?: string;
    on?: boolean;
    period?: Stretch;
    periods?: Stretch[];
  };
  type Feature = { id: string; type: "Feature"; geometry: GeoJSON.Geometry; properties: Properties };
  /** One thing of a site's plan. */
  type Piece = { geometry: GeoJSON.Geometry; properties: { kind: string; name: InBoth } };
  /** One shape, or the dot that stands for it. */
  type Shape = Leaflet.Polygon & { feature: Feature };
  /** Where a map's features come from and how they are shown; prefix: before their ids; kinds: coloured by use; names: written beside shapes; dots: for tiny shapes; fit: not part of the first view, or of it shapes of a class alone; cells: the zoom level below which it is counted by cell; close: the zoom level from which it is fetched for what is in sight; under: below all other shapes. */
  type Source = {
    url?: string;
    class?: string;
    prefix?: string;
    names?: boolean;
    dots?: boolean;
    kinds?: boolean;
    fit?: false | string;
    cells?: number;
    close?: number;
    under?: boolean;
  };
  /** beside: so many px from the middle of a dot; 0 where it may stand on its shape. */
  type Name = { tag: Leaflet.Tooltip; beside: number };
  /** A source's features on the map. */
  type Layer = {
    shapes(id: string): Shape[];
    /** One for each feature. */
    all(): Shape[];
    getBounds(): Leaflet.LatLngBounds;
    names(): Name[];
    setMoment(iso: string | null): void;
    clear(): void;
  };
  type MapHandle = {
    leaflet: Leaflet.Map;
    ready: Promise<unknown>;
    shapes(id: string): Shape[];
    setMoment(iso: string | null): void;
    reload(): Promise<void>;
    setSources(sources: Source[]): Promise<void>;
    fit(): void;
    setTold(features: Feature[]): void;
  };
  type MapSection = HTMLElement & { map: MapHandle };
  /** Latitude and longitude in degrees; empty texts in a row that is not filled in yet. */
  type Corner = [number, number] | [string, string];

  interface Window {
    map_shell: Leaflet.Map;
    feature_group_shell: Leaflet.FeatureGroup;
    feature_group_detailed?: Leaflet.FeatureGroup;
    drawnItems_draw_control_shell: Leaflet.FeatureGroup;
    htmx: { registerExtension(name: string, extension: object): void };
  }
  interface DocumentEventMap {
    "htmx:after:request": CustomEvent<{ ctx: { response: { status: number; headers: Headers } } }>;
    "htmx:after:swap": CustomEvent<{ ctx: { target: Element } }>;
    "map:over": CustomEvent<{ id: string; feature: Feature }>;
    "map:out": CustomEvent<{ id: string; feature: Feature }>;
    "map:pick": CustomEvent<{ id: string; feature: Feature }>;
  }
  interface HTMLElementEventMap {
    "map:over": CustomEvent<{ id: string; feature: Feature }>;
    "map:out": CustomEvent<{ id: string; feature: Feature }>;
    "map:pick": CustomEvent<{ id: string; feature: Feature }>;
  }
}
