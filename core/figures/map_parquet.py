"""A map as a table for other tools: word, count, x, y (z), cluster and its name."""

from io import BytesIO

from core.figures.map_data import MapData

__all__ = ["map_parquet"]


def map_parquet(data: MapData) -> bytes:
    """The bytes of a Parquet file with one row a word, most frequent first; the caption stands in its metadata."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    columns = {"word": pa.array(data.words, pa.string()), "count": pa.array(data.counts, pa.int64())}
    for i, axis in enumerate("xyz"[: data.positions.shape[1]]):
        columns[axis] = pa.array(data.positions[:, i], pa.float32())
    if data.clusters is not None:
        columns["cluster"] = pa.array(data.clusters, pa.int64())
        names = [data.names[int(number)] if number < len(data.names) else "" for number in data.clusters]
        columns["cluster_name"] = pa.array(names, pa.string())
    table = pa.table(columns).replace_schema_metadata({"semascope": data.caption})
    out = BytesIO()
    pq.write_table(table, out)
    return out.getvalue()
