using Pipeline.Shared.Encoding;
using Pipeline.Shared.Model;
using Xunit;

namespace Pipeline.Shared.Tests.Encoding;

/// <summary>Bodies of records, written by our codec.</summary>
internal static class Records
{
    public static byte[] Encode(Action<AvroWriter> write)
    {
        using var writer = new AvroWriter(64);
        write(writer);
        return writer.Written.ToArray();
    }

    public static byte[] Encode(string tenant, IEnumerable<Span> spans)
    {
        using var set = SetOf(spans);
        return Encode(writer => SpanBatchRecord.Write(writer, tenant, set));
    }

    public static byte[] Encode(KeptTrace trace)
    {
        using var set = SetOf(trace.Spans);
        return Encode(writer => KeptTraceWriter.Write(writer, trace, set));
    }

    public static SpanSetWriter SetOf(IEnumerable<Span> spans)
    {
        var set = new SpanSetWriter();
        foreach (var span in spans)
            set.Add(span);
        return set;
    }

    public static void AssertSame(KeptTrace expected, KeptTrace actual)
    {
        Assert.Equal((expected.TraceId, expected.Tenant, expected.IsLate, expected.Rule, expected.Reason), (actual.TraceId, actual.Tenant, actual.IsLate, actual.Rule, actual.Reason));
        Assert.Equal((expected.Threshold, expected.DecidedAtMs, expected.SourceOffset, expected.Piece), (actual.Threshold, actual.DecidedAtMs, actual.SourceOffset, actual.Piece));
        Assert.Equal(expected.Spans, actual.Spans);
    }
}
