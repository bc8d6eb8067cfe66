using Pipeline.Shared.Encoding;

namespace Pipeline.Collector.Receive.Otlp;

/// <summary>
/// The few protobuf messages that we send: ExportTraceServiceResponse (opentelemetry-proto), Status and RetryInfo (googleapis, google/rpc).
/// </summary>
internal static class OtlpMessages
{
    public const string RetryInfoType = "type.googleapis.com/google.rpc.RetryInfo";

    /// <summary>ExportTraceServiceResponse: empty on full success.</summary>
    public static byte[] Response(int rejectedSpans, string message)
    {
        if (rejectedSpans == 0 && message.Length == 0)
            return [];
        using var partial = new AvroWriter();
        if (rejectedSpans > 0)
            WriteNumber(partial, 1, (ulong)rejectedSpans);
        if (message.Length > 0)
            WriteBytes(partial, 2, System.Text.Encoding.UTF8.GetBytes(message));
        using var response = new AvroWriter();
        WriteBytes(response, 1, partial.Written);
        return response.Written.ToArray();
    }

    /// <summary>google.rpc.Status, with RetryInfo where the client is to come again after a while.</summary>
    public static byte[] Status(int code, string message, TimeSpan? retryAfter)
    {
        using var status = new AvroWriter();
        WriteNumber(status, 1, (ulong)code);
        WriteBytes(status, 2, System.Text.Encoding.UTF8.GetBytes(message));
        if (retryAfter is { } delay)
            WriteBytes(status, 3, Any(RetryInfoType, RetryInfo(delay)));
        return status.Written.ToArray();
    }

    private static byte[] RetryInfo(TimeSpan delay)
    {
        using var duration = new AvroWriter();
        WriteNumber(duration, 1, (ulong)delay.TotalSeconds);
        if (delay.Ticks % TimeSpan.TicksPerSecond is var ticks and > 0)
            WriteNumber(duration, 2, (ulong)ticks * 100);
        using var info = new AvroWriter();
        WriteBytes(info, 1, duration.Written);
        return info.Written.ToArray();
    }

    private static byte[] Any(string type, byte[] value)
    {
        using var any = new AvroWriter();
        WriteBytes(any, 1, System.Text.Encoding.UTF8.GetBytes(type));
        WriteBytes(any, 2, value);
        return any.Written.ToArray();
    }

    private static void WriteNumber(AvroWriter writer, int field, ulong value)
    {
        WriteVarint(writer, (ulong)field << 3);
        WriteVarint(writer, value);
    }

    private static void WriteBytes(AvroWriter writer, int field, scoped ReadOnlySpan<byte> bytes)
    {
        WriteVarint(writer, ((ulong)field << 3) | 2);
        WriteVarint(writer, (ulong)bytes.Length);
        writer.WriteRaw(bytes);
    }

    private static void WriteVarint(AvroWriter writer, ulong value)
    {
        while (value >= 0x80)
        {
            writer.WriteByte((byte)(value | 0x80));
            value >>= 7;
        }

        writer.WriteByte((byte)value);
    }
}
