namespace Pipeline.Collector.Receive.Otlp;

/// <summary>
/// A message field that comes more than once stands for all its occurrences merged, which is the same as parsing their bytes one after another (Protocol Buffers
/// encoding guide, "Last One Wins"). No encoder of OTLP does that on purpose, so this may allocate.
/// </summary>
internal static class RepeatedMessage
{
    /// <summary>The bytes of all occurrences of a field, one after another.</summary>
    public static ReadOnlySpan<byte> Concatenate(ReadOnlySpan<byte> message, uint tag)
    {
        var whole = new byte[message.Length];
        var length = 0;
        var fields = new ProtobufReader(message);
        while (fields.Next())
        {
            if (fields.Tag != tag)
                continue;
            fields.Bytes.CopyTo(whole.AsSpan(length));
            length += fields.Bytes.Length;
        }

        return whole.AsSpan(0, length);
    }
}
