using System.Globalization;

namespace Pipeline.Shared.Storage.Elasticsearch;

/// <summary>Jaeger's dependency documents: one for each hour and edge partition, overwritten as the totals grow.</summary>
internal static class DependencyDocument
{
    public static void Add(BulkRequestWriter request, IndexNames names, DateTimeOffset hour, int edgePartition, IReadOnlyList<Dependency> dependencies)
    {
        var start = DateTimeOffset.FromUnixTimeMilliseconds(hour.ToUnixTimeMilliseconds() / 3_600_000 * 3_600_000);
        var index = names.Of(names.Dependencies, start.ToUnixTimeMilliseconds());
        var json = request.BeginReplace(index, string.Create(CultureInfo.InvariantCulture, $"{start:yyyy-MM-ddTHH}-{edgePartition}"));
        json.WriteStartObject();
        json.WriteString("timestamp"u8, start.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture));
        json.WriteStartArray("dependencies"u8);
        foreach (var dependency in dependencies)
        {
            json.WriteStartObject();
            json.WriteString("parent"u8, dependency.Parent);
            json.WriteString("child"u8, dependency.Child);
            json.WriteNumber("callCount"u8, dependency.CallCount);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
        request.End(index);
    }
}
