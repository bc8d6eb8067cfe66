using Microsoft.Data.Sqlite;
using Pipeline.Shared.Encoding;
using Pipeline.Shared.Model;

namespace Pipeline.Shared.Storage.Sqlite;

/// <summary>Reads stored pieces.</summary>
internal static class PieceQueries
{
    /// <summary>A whole trace, or null where there is none.</summary>
    public static StoredTrace? ReadTrace(SqliteConnection connection, TraceId traceId)
    {
        using var statement = new SqliteStatement(connection, "SELECT spans, rule, reason, threshold FROM piece WHERE trace_id = $1 ORDER BY is_late, id", 1);
        using var rows = statement.Query(traceId.ToByteArray());
        StoredTrace? trace = null;
        while (rows.Read())
        {
            trace ??= new StoredTrace(traceId, [], rows.GetString(1), rows.GetString(2), rows.IsDBNull(3) ? null : (ulong)rows.GetInt64(3));
            trace.Spans.AddRange(Decode(rows.GetFieldValue<byte[]>(0)));
        }

        return trace;
    }

    /// <summary>The spans of one piece. Throws <see cref="EncodingException"/>.</summary>
    public static IReadOnlyList<Span> Decode(byte[] spans)
    {
        var reader = new AvroReader(spans);
        var set = new SpanSet();
        set.Read(ref reader);
        return set.Decode(spans);
    }
}
